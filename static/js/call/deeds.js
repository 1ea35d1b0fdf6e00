/** What hosts may do about one person: when, what it is called, and the command that does it. */
import { gettext } from "../lib/i18n.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../protocol/types.js").Room} Room
 * @typedef {"mute" | "ask" | "camera-off" | "stop-share" | "lower" | "make-cohost" | "revoke-cohost" | "remove" |
 *   "rename" | "spotlight" | "clear-spotlight" | "hand-over" | "send-back"} Deed
 * @typedef {{person: Person, me: Person | undefined, room: Room | null}} Case
 *
 * @typedef {Object} Rule
 * @property {() => string} name with `%(name)s`
 * @property {(of: Case) => boolean} when
 * @property {string} command
 * @property {Record<string, unknown>} [how] more fields of the command
 */

/** @type {Record<Deed, Rule>} */
export const DEEDS = {
  mute: {
    name: () => gettext("Mute %(name)s"),
    when: (of) => isSubject(of) && of.person.microphone,
    command: "media.stop",
    how: { source: "microphone" },
  },
  ask: {
    name: () => gettext("Ask %(name)s to unmute"),
    when: (of) => isSubject(of) && !of.person.microphone,
    command: "unmute.ask",
  },
  "camera-off": {
    name: () => gettext("Turn off %(name)s's camera"),
    when: (of) => isSubject(of) && of.person.camera,
    command: "media.stop",
    how: { source: "camera" },
  },
  "stop-share": {
    name: () => gettext("Stop %(name)s's screen share"),
    when: (of) => isSubject(of) && of.person.screen,
    command: "media.stop",
    how: { source: "screen" },
  },
  lower: {
    name: () => gettext("Lower %(name)s's hand"),
    when: (of) => isSubject(of) && Boolean(of.person.hand),
    command: "hand.lower-other",
  },
  "make-cohost": {
    name: () => gettext("Make %(name)s co-host"),
    when: (of) => isHost(of) && of.person.role === "PARTICIPANT",
    command: "cohost.make",
  },
  "revoke-cohost": {
    name: () => gettext("Remove %(name)s as co-host"),
    when: (of) => isHost(of) && of.person.role === "COHOST",
    command: "cohost.revoke",
  },
  remove: { name: () => gettext("Remove %(name)s"), when: isSubject, command: "participant.remove" },
  rename: {
    name: () => gettext("Rename %(name)s"),
    when: (of) => isSubject(of) && of.person.role === "GUEST",
    command: "participant.rename",
  },
  spotlight: {
    name: () => gettext("Spotlight %(name)s"),
    when: (of) => isHosting(of) && !of.person.spotlight,
    command: "spotlight.set",
  },
  "clear-spotlight": {
    name: () => gettext("Remove %(name)s's spotlight"),
    when: (of) => isHosting(of) && of.person.spotlight,
    command: "spotlight.clear",
  },
  "hand-over": {
    name: () => gettext("Make %(name)s host"),
    when: (of) => isHost(of) && (of.person.role === "COHOST" || of.person.role === "PARTICIPANT"),
    command: "host.hand-over",
  },
  "send-back": {
    name: () => gettext("Send %(name)s back to waiting"),
    when: (of) => isSubject(of) && waits(of),
    command: "participant.send-back",
  },
};

/** @param {Case} of @returns {Deed[]} */
export function deedsFor(of) {
  return /** @type {Deed[]} */ (Object.keys(DEEDS)).filter((deed) => DEEDS[deed].when(of));
}

/** @param {Case} of */
function isHosting({ me }) {
  return me?.role === "HOST" || me?.role === "COHOST";
}

/** @param {Case} of */
function isHost({ me }) {
  return me?.role === "HOST";
}

/** Nobody moderates the host, or themselves. @param {Case} of */
function isSubject(of) {
  return isHosting(of) && of.person.role !== "HOST" && of.person.id !== of.me?.id;
}

/** Whether the room's waiting room is for this person; it is for no host. @param {Case} of */
function waits({ person, room }) {
  if (person.role === "COHOST") return false;
  return room?.waiting_room === "EVERYONE" || (room?.waiting_room === "GUESTS" && person.role === "GUEST");
}

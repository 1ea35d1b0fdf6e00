/** What hosts do: about one person, about all, and with the room's switches. */
import { gettext } from "../lib/i18n.js";
import { MutedSound, receivedSound } from "../media/levels.js";
import { attempt } from "./asking.js";
import { showBanner } from "./banner.js";
import { DEEDS } from "./deeds.js";
import { askForName, askToRemove, confirmed } from "./dialogs.js";
import { byId, withName } from "./dom.js";
import { Switches } from "./switches.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("./deeds.js").Deed} Deed
 * @typedef {import("./people.js").PeoplePanel} PeoplePanel
 * @typedef {import("./roster.js").Roster} Roster
 * @typedef {(type: string, fields?: Record<string, unknown>) => Promise<unknown>} Ask
 */

const LISTEN_EVERY = 100; // milliseconds

export class Hosting {
  #roster;
  #people;
  #ask;
  #receiver;
  #muted = new MutedSound();
  #switches = new Switches((setting, on) => this.#do("room.switch", { setting, on }));
  #timer = 0;
  #owner = false;

  /**
   * @param {Roster} roster
   * @param {PeoplePanel} people
   * @param {Ask} ask
   * @param {(participant: string) => RTCRtpReceiver | null} receiver of somebody's microphone
   */
  constructor(roster, people, ask, receiver) {
    this.#roster = roster;
    this.#people = people;
    this.#ask = ask;
    this.#receiver = receiver;
    people.on("deed", ({ deed, person }) => void this.#act(deed, person));
    this.#listenToButtons();
  }

  /** @param {{owner: boolean}} how `owner`: the room is this person's, whoever hosts now */
  start({ owner }) {
    this.#owner = owner;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @param {boolean} panelOpen the panel's own button resumes as well */
  show(panelOpen) {
    const { hosting, me, meeting, room } = this.#roster;
    byId("host-tools").hidden = !hosting;
    byId("take-host").hidden = !(this.#owner && me && me.role !== "HOST");
    showText("lock-room", room?.locked ? gettext("Unlock meeting") : gettext("Lock meeting"));
    showText("suspend", meeting?.suspended ? gettext("Resume the meeting") : gettext("Suspend everything"));
    byId("mute-note").hidden = meeting?.engine === "RELAY";
    byId("locked-badge").hidden = !room?.locked;
    if (room) this.#switches.show(room);
    showBanner(meeting, hosting && !panelOpen);
  }

  #listenToButtons() {
    byId("mute-all").onclick = () => void this.#do("media.mute-all", { may_unmute: true });
    byId("mute-all-firmly").onclick = () => void this.#do("media.mute-all", { may_unmute: false });
    byId("lower-all-hands").onclick = () => void this.#do("hand.lower-all");
    byId("lock-room").onclick = () => void this.#do(this.#roster.room?.locked ? "room.unlock" : "room.lock");
    byId("suspend").onclick = () => void this.#suspendOrResume();
    byId("banner-resume").onclick = () => void this.#do("meeting.resume");
    byId("take-host").onclick = () => void this.#do("host.take");
  }

  async #suspendOrResume() {
    if (this.#roster.meeting?.suspended) return this.#do("meeting.resume");
    const question = {
      title: [gettext("Suspend the meeting?")],
      text: gettext("Every microphone, camera and share is turned off. Until a host resumes, only hosts can turn theirs on."),
      yes: gettext("Suspend everything"),
    };
    return (await confirmed(question)) && this.#do("meeting.suspend");
  }

  /** @param {Deed} deed @param {Person} person */
  async #act(deed, person) {
    const { command, how } = DEEDS[deed];
    if (deed === "rename")
      return askForName(person, (name) => this.#ask(command, { participant: person.id, name }));
    if (deed === "clear-spotlight") return void this.#do(command);
    const more = deed === "remove" ? await askToRemove(person) : how;
    if (more === null || (deed === "hand-over" && !(await this.#mayHandOver(person)))) return;
    await this.#do(command, { participant: person.id, ...more });
  }

  /** @param {Person} person */
  #mayHandOver({ name }) {
    return confirmed({
      title: withName(gettext("Make %(name)s host?"), name),
      text: gettext("You become a co-host. Only the host says who else hosts."),
      yes: gettext("Make host"),
    });
  }

  /** A mute between browsers is a request: whether it was heeded is what arrives here. */
  #listen() {
    if (!this.#roster.hosting) return;
    const muted = this.#roster.people.filter(({ id, microphone }) => !microphone && id !== this.#roster.you);
    const sounds = muted.map(({ id }) => /** @type {const} */ ([id, receivedSound(this.#receiver(id))]));
    this.#people.setLeaking(this.#muted.listen(new Map(sounds), performance.now()));
  }

  /** @param {string} type @param {Record<string, unknown>} [fields] */
  #do(type, fields) {
    return attempt(this.#ask(type, fields));
  }
}

/** @param {string} id @param {string} text */
function showText(id, text) {
  byId(id).querySelector("span")?.replaceChildren(text);
}

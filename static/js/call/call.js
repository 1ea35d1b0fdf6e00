/** The call: connects protocol, media and what is on screen. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { Engines } from "../media/engines.js";
import { SpeakerWatch, Meter, receivedLevel } from "../media/levels.js";
import { barred, offOnJoining } from "./allowed.js";
import { attempt } from "./asking.js";
import { Controls } from "./controls.js";
import { problemText } from "./devices.js";
import { byId } from "./dom.js";
import { Hosting } from "./hosting.js";
import { tellChanges } from "./notices.js";
import { PeoplePanel } from "./people.js";
import { flyReaction } from "./reactions.js";
import { Queue } from "./queue.js";
import { Roster } from "./roster.js";
import { Stage } from "./stage.js";
import { toast } from "./toasts.js";

/**
 * @typedef {import("../media/local.js").LocalMedia} LocalMedia
 * @typedef {import("../protocol/room.js").RoomChannel} RoomChannel
 * @typedef {import("../protocol/types.js").Joined} Joined
 * @typedef {import("../protocol/socket.js").ServerEvent} ServerEvent
 */

/** What browsers say to each other. */
const SIGNALS = new Set(["offer", "answer", "candidate"]);

/** @extends {Emitter<{started: Joined, over: {reason: string}, chat: undefined, people: undefined, changed: undefined}>} */
export class Call extends Emitter {
  roster = new Roster();
  controls = new Controls();
  queue = new Queue(() => this.#channel.ask("waiting.list"));
  unread = 0;
  /** Why the meeting ended, once the server has said so. */
  endedReason = "HOST";
  chatOpen = false;
  peopleOpen = false;
  #channel;
  #local;
  #engines;
  #stage = new Stage({
    blocked: () => this.#askForSound(),
    sized: (heights) => this.#engines.want(heights),
  });
  #hosting;
  #meter = new Meter();
  /** @type {SpeakerWatch | null} */
  #speakers = null;
  #askedForSound = false;
  #changing = 0;
  /** @type {Set<"microphone" | "camera">} devices that came when the server did not know of them */
  #late = new Set();

  /** @param {RoomChannel} channel @param {LocalMedia} local */
  constructor(channel, local) {
    super();
    this.#channel = channel;
    this.#local = local;
    /** @type {import("./hosting.js").Ask} */
    const ask = (type, fields) => channel.ask(type, fields);
    this.#engines = new Engines(local, ask);
    this.#hosting = new Hosting(this.roster, new PeoplePanel(this.roster), ask, (id) => this.#engines.receiver(id, "microphone"));
    this.#listenToServer();
    this.#listenToMedia();
    this.#listenToPerson();
  }

  get you() {
    return this.roster.you;
  }

  get hosting() {
    return this.roster.hosting;
  }

  /** @param {boolean} on */
  async setMicrophone(on) {
    await this.#setCapture("microphone", on);
  }

  async toggleCamera() {
    await this.#setCapture("camera", !this.#local.wants("camera"));
  }

  async toggleScreen() {
    if (this.#local.track("screen")) {
      this.#local.stopScreen();
      await this.#do("media.set", { source: "screen", on: false });
      return;
    }
    const { screen: reason } = barred(this.roster);
    if (reason) return toast(reason);
    this.#changing++;
    try {
      await this.#local.shareScreen();
      if (!(await this.#do("media.set", { source: "screen", on: true }))) this.#local.stopScreen();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") return; // changed their mind
      toast(gettext("The screen could not be shared."));
    } finally {
      this.#changing--;
    }
  }

  toggleHand() {
    return this.#do(this.roster.me?.hand ? "hand.lower" : "hand.raise");
  }

  /** How media travels now, and what the browser measures of it. */
  async measured() {
    return { engine: this.#engines.kind, reports: await this.#engines.stats() };
  }

  /** @param {string} device id of the loudspeaker */
  useSpeaker(device) {
    this.#stage.setSpeakerDevice(device);
  }

  async leave() {
    this.#channel.ask("meeting.leave").catch(() => undefined);
    this.emit("over", { reason: "left" });
  }

  stop() {
    this.#speakers?.close();
    this.#meter.close();
    this.#hosting.stop();
    this.#engines.close();
    this.#stage.clear();
    this.#local.stop();
  }

  show() {
    this.#hosting.show(this.peopleOpen);
    this.controls.show({
      microphone: this.#local.wants("microphone"),
      camera: this.#local.wants("camera"),
      awaits: { microphone: this.#local.awaits("microphone"), camera: this.#local.awaits("camera") },
      screen: this.#local.track("screen") !== null,
      hand: Boolean(this.roster.me?.hand),
      host: this.hosting,
      people: this.roster.people.length,
      waiting: this.queue.count,
      unread: this.unread,
      chatOpen: this.chatOpen,
      peopleOpen: this.peopleOpen,
      reactions: this.roster.room?.allow_reactions ?? true,
      barred: barred(this.roster),
    });
  }

  #listenToServer() {
    this.#channel.on("joined", (joined) => this.#joined(joined));
    this.#channel.on("snapshot", (snapshot) => {
      this.roster.replace(snapshot);
      if (this.hosting) void this.queue.refresh();
      this.#obeyOwnState();
      this.#catchUp();
    });
    this.#channel.on("event", (event) => this.#take(event));
    this.#channel.on("down", () => this.#reconnecting(true));
    this.roster.on("changed", () => this.#changed());
    tellChanges(this.roster);
  }

  #listenToMedia() {
    this.#engines.on("track", ({ participant, source, track }) => this.#stage.setTrack(participant, source, track));
    this.#engines.on("quality", ({ participant, link }) => this.#stage.setLink(participant, link));
    this.#engines.on("speaker", (speaker) => this.#stage.setSpeaker(speaker));
    this.#local.on("track", ({ source, track }) => {
      if (this.you) this.#stage.setTrack(this.you, source, track);
      if (source === "microphone") this.#meter.listen(this.#local.microphone);
      if (track && (source === "microphone" || source === "camera")) this.#came(source);
      this.show();
    });
    this.#local.on("problem", ({ source, name }) => {
      if (this.you) toast(problemText(source, name));
    });
    this.#local.on("lost", ({ source }) =>
      toast(source === "microphone" ? gettext("The microphone went away.") : gettext("The camera went away.")),
    );
    this.#local.on("screen-ended", () => void this.#do("media.set", { source: "screen", on: false }));
  }

  #listenToPerson() {
    const { controls } = this;
    controls.on("microphone", () => void this.setMicrophone(!this.#local.wants("microphone")));
    controls.on("camera", () => void this.toggleCamera());
    controls.on("screen", () => void this.toggleScreen());
    controls.on("hand", () => void this.toggleHand());
    controls.on("react", (emoji) => void this.#do("reaction.send", { emoji }));
    controls.on("leave", () => void this.leave());
    controls.on("end", () => void this.#do("meeting.end"));
    controls.on("chat", () => this.emit("chat", undefined));
    controls.on("people", () => this.emit("people", undefined));
    this.queue.on("admit", (participant) => void this.#do("waiting.admit", { participant }));
    this.queue.on("deny", (participant) => void this.#do("waiting.deny", { participant }));
    this.queue.on("admit-all", () => void this.#do("waiting.admit-all"));
    this.queue.on("changed", () => this.show());
  }

  /** @param {Joined} joined */
  #joined(joined) {
    const { you, ice_servers: iceServers, returned } = joined;
    const first = this.you === "";
    this.roster.you = you;
    this.#stage.start(you);
    this.#hosting.start(joined);
    this.#reconnecting(false);
    this.#engines.connect({ you, iceServers, returned });
    if (!first) return;
    this.#meter.wake();
    this.#meter.listen(this.#local.microphone);
    this.#speakers = new SpeakerWatch(() => this.#levels());
    this.#speakers.on("speaker", (speaker) => {
      if (this.#engines.kind === "MESH") this.#stage.setSpeaker(speaker); // the relay forwards the loudest alone
    });
    for (const source of /** @type {const} */ (["camera", "microphone"]))
      this.#stage.setTrack(you, source, this.#local.track(source));
    this.#stage.setSpeakerDevice(this.#local.choices.speaker);
    this.emit("started", joined);
  }

  /** @param {ServerEvent} event */
  #take(event) {
    if (SIGNALS.has(event.type) || event.type.startsWith("relay.")) this.#engines.take(event);
    else if (event.type === "reaction.sent") flyReaction(event.emoji, this.roster.get(event.participant)?.name ?? "");
    else if (event.type === "unmute.asked") this.#askedToUnmute(event.by);
    else if (event.type === "waiting.changed") void this.queue.refresh();
    else if (event.type === "meeting.ended") this.endedReason = event.reason;
    else if (event.type === "media.stopped") this.#stopped(event);
    else this.roster.apply(event);
    if (event.type === "participant.updated" && event.participant.id === this.you) this.#takeRole();
  }

  /** Co-hosts are made and unmade in the call. */
  #takeRole() {
    if (this.hosting) void this.queue.refresh();
    else this.queue.clear();
  }

  /** @param {ServerEvent} event somebody's source was stopped by somebody else */
  #stopped({ participant, source, by, moderated }) {
    if (participant !== this.you || !this.#local.track(source)) return;
    if (source === "screen") this.#local.stopScreen();
    else void this.#local.set(source, false);
    if (moderated && this.roster.meeting?.suspended) return; // the banner says it
    toast(interpolate(moderated ? stoppedText(source) : gettext("%(name)s is presenting now"), { name: by }));
  }

  /** @param {string} by */
  #askedToUnmute(by) {
    if (this.#local.isOn("microphone")) return;
    const press = () => void this.setMicrophone(true);
    toast(interpolate(gettext("%(name)s asks you to unmute."), { name: by }), { label: gettext("Unmute"), press });
  }

  #changed() {
    if (this.roster.meeting) this.#engines.use(this.roster.meeting.engine);
    this.#engines.update(this.roster.people);
    this.#stage.show(this.roster.people);
    this.show();
    this.emit("changed", undefined);
  }

  /** A device. @param {"microphone" | "camera"} source */
  #came(source) {
    if (this.roster.me?.[source]) return;
    this.#late.add(source);
    this.#catchUp();
  }

  /** Joining waits for no device; what comes later is told then, as if it had been there. */
  #catchUp() {
    const { me } = this.roster;
    if (!me || this.#changing) return;
    for (const source of [...this.#late]) {
      this.#late.delete(source);
      if (me[source] || !this.#local.isOn(source)) continue;
      if (offOnJoining(this.roster)[source]) void this.#local.set(source, false);
      else void this.#setCapture(source, true);
    }
  }

  /** What a snapshot says of this person holds, unless a change of theirs is on its way. */
  #obeyOwnState() {
    const { me } = this.roster;
    if (!me || this.#changing) return;
    if (!me.screen && this.#local.track("screen")) this.#local.stopScreen();
    for (const source of /** @type {const} */ (["microphone", "camera"]))
      if (!me[source] && this.#local.isOn(source) && !this.#late.has(source)) void this.#local.set(source, false);
  }

  /** @param {"microphone" | "camera"} source @param {boolean} on */
  async #setCapture(source, on) {
    const reason = barred(this.roster)[source];
    if (on && reason) return toast(reason);
    this.#changing++;
    try {
      const setting = this.#local.set(source, on);
      this.show();
      const isOn = await setting;
      if (!(await this.#do("media.set", { source, on: isOn })) && isOn) await this.#local.set(source, false);
    } finally {
      this.#changing--;
      this.#late.delete(source);
      this.#catchUp();
    }
  }

  #levels() {
    const levels = new Map();
    for (const person of this.roster.people) {
      if (!person.microphone) continue;
      const level =
        person.id === this.you ? this.#meter.level : receivedLevel(this.#engines.receiver(person.id, "microphone"));
      levels.set(person.id, level);
    }
    return levels;
  }

  #askForSound() {
    if (this.#askedForSound) return;
    this.#askedForSound = true;
    toast(gettext("Your browser holds the sound back."), {
      label: gettext("Enable sound"),
      press: () => {
        this.#askedForSound = false;
        this.#stage.playAll();
      },
    });
  }

  /** @param {boolean} down */
  #reconnecting(down) {
    byId("reconnecting").hidden = !down;
    byId("reconnecting-text").textContent = down ? gettext("Reconnecting…") : "";
  }

  /** @param {string} type @param {Record<string, unknown>} [fields] */
  #do(type, fields) {
    return attempt(this.#channel.ask(type, fields));
  }
}

/** @param {string} source */
function stoppedText(source) {
  if (source === "microphone") return gettext("%(name)s muted you.");
  return source === "camera" ? gettext("%(name)s turned off your camera.") : gettext("%(name)s stopped your share.");
}

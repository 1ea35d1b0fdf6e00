/**
 * Through the relay: one connection up and one down, however many people there are. Offers cannot collide: this page
 * makes those of the uplink, the relay those of the downlink.
 */
import { delay } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";
import { Lasting } from "../lib/lasting.js";
import { Downlink } from "./downlink.js";
import { Uplink } from "./uplink.js";
import { Wishes } from "./wishes.js";

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./link.js").Link} Link
 * @typedef {import("./local.js").LocalMedia} LocalMedia
 * @typedef {import("./engine.js").Ask} Ask
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../protocol/socket.js").ServerEvent} ServerEvent
 */

const MENDS = 2; // tries to mend a link, until it is made anew
const MISSING = 4000; // milliseconds until an offer with somebody who sends has been lost on the way

/** Refusals after which only the server's word helps: it comes with the next snapshot or event. */
const FINAL = new Set(["socket.down", "socket.closed", "meeting.not-joined", "relay.not-used"]);

/** What a worker says that is not there, or has begun anew. */
const PASSING = new Set(["relay.unavailable", "seat.unknown"]);

/** @extends {Emitter<import("./engine.js").Events>} */
export class RelayEngine extends Emitter {
  /** @type {Uplink | null} */
  #uplink = null;
  /** @type {Downlink | null} */
  #downlink = null;
  #mends = { uplink: 0, downlink: 0 };
  /** Whether what is published leaves this page. */
  isSending = false;
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** @type {Map<string, MediaStreamTrack>} what listeners know, by "participant/source" */
  #shown = new Map();
  /** @type {Map<string, Link>} what listeners know */
  #links = new Map();
  /** @type {Map<Source, string[]>} */
  #layers = new Map();
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  #you = "";
  #local;
  #ask;
  /** Whether the relay may have links of this seat, and take them for used. */
  #isHeld = false;
  #round = 0;
  #tries = 0;
  #again = 0;
  #missing = new Lasting(() => this.#restart());
  #wishes = new Wishes((heights) => {
    if (this.#uplink?.isSettled) void this.#say("relay.want", { heights });
  });

  /**
   * @param {LocalMedia} local
   * @param {Ask} ask
   */
  constructor(local, ask) {
    super();
    this.#local = local;
    this.#ask = ask;
  }

  /**
   * Begins, or goes on after a drop. The relay keeps the links of a seat that is held, also those of a page that was
   * here before this one.
   * @param {{you: string, iceServers: RTCIceServer[], returned: boolean}} place
   */
  connect({ you, iceServers, returned }) {
    this.#you = you;
    this.#iceServers = iceServers;
    if (!returned) this.#hangUp();
    this.#isHeld = returned;
    this.#tries = 0;
    void this.#enter();
  }

  /** @param {Person[]} people in the meeting, oneself included */
  update(people) {
    this.#people = new Map(people.filter(({ id }) => id !== this.#you).map((person) => [person.id, person]));
    this.#show();
  }

  /** @param {Source} source */
  publish(source) {
    void this.#uplink?.send(source);
  }

  /** @param {string} participant @param {Source} source */
  receiver(participant, source) {
    const place = this.#downlink?.places.find((one) => one.participant === participant && one.source === source);
    return this.#downlink?.receiver(place) ?? null;
  }

  stats() {
    const links = [this.#uplink, this.#downlink].filter((link) => link !== null);
    return Promise.all(links.map((link) => link.stats()));
  }

  /** @param {ServerEvent} event of the relay */
  take(event) {
    if (event.type === "relay.offer") this.#downlink?.take(/** @type {any} */ (event));
    else if (event.type === "relay.layers") this.#setLayers(event.source, event.rids);
    else if (event.type === "relay.speaker") this.emit("speaker", event.participant);
    else if (event.type === "relay.link" && event.state === "lost") this.#lose(event.link);
    else if (event.type === "relay.reset") this.#reset();
  }

  /** @param {import("./wishes.js").Heights} heights */
  want(heights) {
    this.#wishes.set(heights);
  }

  close() {
    this.#round++;
    clearTimeout(this.#again);
    this.#wishes.stop();
    this.#hangUp();
  }

  #enter() {
    clearTimeout(this.#again);
    const round = ++this.#round;
    this.#open(); // an offer may come before the answer
    return this.#attempt(async () => {
      await this.#ask("relay.enter", {});
      if (round !== this.#round) return;
      if (this.#isHeld && this.#downlink?.link !== "connected") this.#restart();
      this.#isHeld = true;
      if (!this.#uplink?.isSettled) await this.#uplink?.publish();
      this.#wishes.repeat();
    });
  }

  /** @param {() => Promise<unknown>} deed that is tried again later where it fails, unless something else came first */
  async #attempt(deed) {
    const [round, uplink] = [this.#round, this.#uplink];
    try {
      await deed();
    } catch (error) {
      if (round === this.#round && uplink === this.#uplink) this.#retry(error);
    }
  }

  #open() {
    this.#uplink ??= this.#makeUplink();
    this.#downlink ??= this.#makeDownlink();
    this.#show();
  }

  #hangUp() {
    this.#uplink?.close();
    this.#uplink = null;
    this.#layers.clear();
    this.#dropDownlink();
  }

  /** What the relay has given up cannot be mended. @param {"uplink" | "downlink"} link */
  #lose(link) {
    if (link === "downlink") this.#replaceDownlink();
    else void this.#replaceUplink();
  }

  /** The worker was lost, and with it both links. */
  #reset() {
    this.#hangUp();
    this.#round++;
    this.#isHeld = false;
    this.#later();
  }

  #later() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#enter(), delay(this.#tries++));
  }

  /** @param {any} error why entering or publishing failed */
  #retry(error) {
    if (FINAL.has(error.code)) return;
    if (!PASSING.has(error.code)) console.warn("The relay could not be used.", error);
    if (error.code !== "relay.unavailable") {
      this.#uplink?.close();
      this.#uplink = null;
    }
    this.#later();
  }

  #makeUplink() {
    const uplink = new Uplink({
      iceServers: this.#iceServers,
      track: (source) => this.#local.track(source),
      publish: async (sdp, mids) => (await /** @type {any} */ (this.#ask("relay.publish", { sdp, mids }))).sdp,
      link: (link) => {
        this.isSending = link === "connected";
        if (this.isSending) this.#mends.uplink = this.#tries = 0;
      },
      mend: () => void this.#mendUplink(),
    });
    for (const [source, rids] of this.#layers) uplink.setLayers(source, rids);
    return uplink;
  }

  #makeDownlink() {
    return new Downlink({
      iceServers: this.#iceServers,
      accept: (answer) => void this.#say("relay.accept", answer),
      changed: () => {
        if (this.#downlink?.link === "connected") this.#mends.downlink = 0;
        this.#show();
      },
      mend: () => this.#mendDownlink(),
      broken: () => {
        this.#dropDownlink();
        this.#later();
      },
    });
  }

  async #mendUplink() {
    if (++this.#mends.uplink > MENDS) return this.#replaceUplink();
    this.#uplink?.restartIce();
    await this.#attempt(async () => this.#uplink?.publish());
  }

  /** The new one is answered before the old one is closed. */
  async #replaceUplink() {
    const old = this.#uplink;
    this.#uplink = this.#makeUplink();
    await this.#attempt(async () => this.#uplink?.publish());
    old?.close();
  }

  #mendDownlink() {
    if (++this.#mends.downlink > MENDS) this.#replaceDownlink();
    else this.#restart();
  }

  #replaceDownlink() {
    this.#dropDownlink();
    this.#open();
    this.#restart();
  }

  #dropDownlink() {
    this.#downlink?.close();
    this.#downlink = null;
    this.#show();
  }

  #restart() {
    void this.#say("relay.restart", {});
  }

  /** What is lost with the socket is said again after entering. @param {string} type @param {Record<string, unknown>} fields */
  #say(type, fields) {
    return this.#ask(type, fields).catch(() => undefined);
  }

  /** @param {Source} source @param {string[]} rids */
  #setLayers(source, rids) {
    this.#layers.set(source, rids);
    this.#uplink?.setLayers(source, rids);
  }

  /** Tells what changed of tracks and links. */
  #show() {
    const tracks = this.#tracks();
    for (const key of this.#shown.keys()) if (!tracks.has(key)) this.#tell(key, null);
    for (const [key, track] of tracks) if (this.#shown.get(key) !== track) this.#tell(key, track);
    for (const id of this.#links.keys()) if (!this.#people.has(id)) this.#links.delete(id);
    for (const person of this.#people.values()) this.#tellLink(person);
    this.#missing.look(this.#isSomebodyMissing(), MISSING);
  }

  /** Of people who are here: an m-line may still carry somebody who has left, or somebody who is not announced yet. */
  #tracks() {
    const tracks = new Map();
    for (const place of this.#downlink?.places ?? []) {
      const track = this.#people.has(place.participant) && this.#downlink?.receiver(place)?.track;
      if (track) tracks.set(`${place.participant}/${place.source}`, track);
    }
    return tracks;
  }

  /** @param {string} key @param {MediaStreamTrack | null} track */
  #tell(key, track) {
    const [participant, source] = key.split("/");
    if (track) this.#shown.set(key, track);
    else this.#shown.delete(key);
    if (this.#people.has(participant)) this.emit("track", { participant, source: /** @type {Source} */ (source), track });
  }

  /** @param {Person} person */
  #tellLink(person) {
    const link = this.#linkTo(person);
    if (this.#links.get(person.id) === link) return;
    this.#links.set(person.id, link);
    this.emit("quality", { participant: person.id, link });
  }

  /** @param {Person} person @returns {Link} */
  #linkTo(person) {
    if (this.#isPlaced(person)) return this.#downlink?.link ?? "connecting";
    return isSending(person) ? "connecting" : "connected";
  }

  /** @param {Person} person */
  #isPlaced({ id }) {
    return this.#downlink?.places.some(({ participant }) => participant === id) ?? false;
  }

  #isSomebodyMissing() {
    const people = this.#downlink ? [...this.#people.values()] : [];
    return people.some((person) => isSending(person) && !this.#isPlaced(person));
  }
}

/** @param {Person} person */
function isSending(person) {
  return person.connected && (person.microphone || person.camera || person.screen);
}

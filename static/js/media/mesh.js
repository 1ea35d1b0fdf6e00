/** Browser to browser: one peer connection to each other person, made by whoever came later. */
import { Emitter } from "../lib/emitter.js";
import { Lasting } from "../lib/lasting.js";
import { Peer } from "./peer.js";

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./peer.js").Link} Link
 * @typedef {import("./local.js").LocalMedia} LocalMedia
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../protocol/socket.js").ServerEvent} ServerEvent
 * @typedef {import("./engine.js").Ask} Ask
 */

/** Bits per second for the camera by number of other people: what an uplink at home carries, shared. */
const CAMERA_BITRATES = [1_700_000, 1_700_000, 1_000_000, 600_000];
const CAMERA_BITRATE_CROWDED = 300_000;

/** Milliseconds after which a direct path will not come by itself: from the beginning, and when it was lost. */
const FAILED = { connecting: 15_000, lost: 8_000 };

/** @extends {Emitter<import("./engine.js").Events>} */
export class MeshEngine extends Emitter {
  /** @type {Map<string, Peer>} */
  #peers = new Map();
  /** @type {Map<string, Lasting>} */
  #failing = new Map();
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  #you = "";
  #local;
  #ask;

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
   * Begins, or goes on after a drop. Where the seat had been given up meanwhile, the others have forgotten this page's
   * peers, and new ones are made.
   * @param {{you: string, iceServers: RTCIceServer[], returned: boolean}} place
   */
  connect({ you, iceServers, returned }) {
    this.#you = you;
    this.#iceServers = iceServers;
    if (!returned) this.close();
    for (const peer of this.#peers.values()) peer.nudge();
  }

  /**
   * Who is in the meeting now, oneself included.
   * @param {Person[]} people
   */
  update(people) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    for (const id of this.#peers.keys()) if (!this.#people.has(id)) this.#drop(id);
    for (const person of people) this.#meet(person);
    this.#share();
  }

  /** @param {Source} source */
  publish(source) {
    for (const peer of this.#peers.values()) void peer.send(source);
  }

  /** @param {string} participant @param {Source} source */
  receiver(participant, source) {
    return this.#peers.get(participant)?.receiver(source) ?? null;
  }

  stats() {
    return Promise.all([...this.#peers.values()].map((peer) => peer.stats()));
  }

  /** @param {ServerEvent} event an offer, answer or candidate from somebody */
  take(event) {
    const from = event.from;
    let peer = this.#peers.get(from);
    if (event.type === "offer" && peer?.session !== event.session) {
      if (peer && this.#offersTo(from)) return; // theirs is from before this page came
      peer = this.#add(from, event.session, false);
    }
    if (!peer || peer.session !== event.session) return;
    if (event.type === "candidate") peer.take({ type: "candidate", candidate: event.candidate });
    else peer.take({ type: /** @type {"offer" | "answer"} */ (event.type), sdp: event.sdp });
  }

  close() {
    for (const id of [...this.#peers.keys()]) this.#drop(id);
  }

  /** @param {Person} person */
  #meet(person) {
    if (person.id === this.#you || this.#peers.has(person.id)) return;
    if (this.#offersTo(person.id)) this.#add(person.id, crypto.randomUUID(), true);
  }

  /** @param {string} id */
  #offersTo(id) {
    return (this.#people.get(this.#you)?.seq ?? 0) > (this.#people.get(id)?.seq ?? 0);
  }

  /**
   * @param {string} id
   * @param {string} session
   * @param {boolean} offers
   */
  #add(id, session, offers) {
    this.#drop(id);
    const peer = new Peer({ session, offers, iceServers: this.#iceServers, track: (source) => this.#local.track(source) });
    this.#peers.set(id, peer);
    peer.on("signal", (signal) => this.#signal(id, session, signal));
    peer.on("track", ({ source, track }) => this.emit("track", { participant: id, source, track }));
    peer.on("link", (link) => this.#follow(id, link));
    this.#failing.set(id, new Lasting(() => this.#fail(id)));
    this.#follow(id, "connecting");
    return peer;
  }

  /** @param {string} id @param {Link} link */
  #follow(id, link) {
    this.emit("quality", { participant: id, link });
    this.#failing.get(id)?.look(link !== "connected", link === "lost" ? FAILED.lost : FAILED.connecting);
  }

  /** @param {string} id */
  #fail(id) {
    if (this.#people.get(id)?.connected) this.emit("failed", { participant: id });
  }

  /**
   * @param {string} to
   * @param {string} session
   * @param {import("./peer.js").Signal} signal
   */
  #signal(to, session, signal) {
    const { type, ...fields } = signal;
    this.#ask(type, { to, session, ...fields }).catch(() => undefined); // said again by nudge
  }

  /** @param {string} id */
  #drop(id) {
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
    this.#failing.get(id)?.look(false);
    this.#failing.delete(id);
  }

  #share() {
    const bitrate = CAMERA_BITRATES[this.#peers.size] ?? CAMERA_BITRATE_CROWDED;
    for (const peer of this.#peers.values()) void peer.limit(bitrate);
  }
}

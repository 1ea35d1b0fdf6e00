/**
 * Which engine carries the call now. When the meeting goes over to another one, the new one starts beside the old, and
 * each source changes when the new one really plays it: nobody goes silent, nobody is heard twice.
 */
import { Emitter } from "../lib/emitter.js";
import { MeshEngine } from "./mesh.js";
import { RelayEngine } from "./relay.js";

/**
 * @typedef {import("./engine.js").Source} Source
 * @typedef {import("./engine.js").Link} Link
 * @typedef {import("./engine.js").Ask} Ask
 * @typedef {import("./engine.js").Place} Place
 * @typedef {import("./engine.js").Person} Person
 * @typedef {import("./engine.js").Engine} Engine
 * @typedef {import("./local.js").LocalMedia} LocalMedia
 * @typedef {import("../protocol/socket.js").ServerEvent} ServerEvent
 * @typedef {import("../protocol/types.js").Meeting["engine"]} Kind
 */

const LOOKING = 100; // milliseconds between two looks at what plays already
const SILENT = 5000; // milliseconds after which a source has changed though it does not play: it may not be forwarded
const UNPROVEN = 30_000; // the same where nothing of the person has played: their way to the relay may be closed
const LINGERING = 5000; // milliseconds that the old engine still sends: others may not have all yet

/** @type {Record<Kind, new (local: LocalMedia, ask: Ask) => Engine>} */
const ENGINES = { MESH: MeshEngine, RELAY: RelayEngine };

/** An engine, and what it has for each person. */
class Carrier {
  /** @type {Map<string, {track: MediaStreamTrack, since: number, stamp: number | undefined}>} by "participant/source" */
  tracks = new Map();
  /** @type {Map<string, Link>} */
  links = new Map();
  /** @type {Set<string>} people of whom something has played */
  #proven = new Set();

  /**
   * @param {Engine} engine
   * @param {() => void} changed
   */
  constructor(engine, changed) {
    this.engine = engine;
    engine.on("track", ({ participant, source, track }) => {
      const key = `${participant}/${source}`;
      if (track) this.tracks.set(key, { track, since: performance.now(), stamp: this.#stamp(key) });
      else this.tracks.delete(key);
      changed();
    });
    engine.on("quality", ({ participant, link }) => {
      this.links.set(participant, link);
      if (link === "connected") this.#restartClocks(participant);
      changed();
    });
  }

  /** @param {string} key */
  track(key) {
    return this.tracks.get(key)?.track ?? null;
  }

  /** @param {string} key @returns {boolean} whether it plays, or has had the time to */
  hasTaken(key) {
    const [entry, person, stamp] = [this.tracks.get(key), personOf(key), this.#stamp(key)];
    if (!entry) return false;
    const plays = stamp !== undefined && stamp !== entry.stamp;
    if (plays) this.#proven.add(person);
    if (plays || this.links.get(person) !== "connected") return plays;
    return performance.now() - entry.since > (this.#proven.has(person) ? SILENT : UNPROVEN);
  }

  /** @param {string} participant */
  forget(participant) {
    this.links.delete(participant);
    this.#proven.delete(participant);
    for (const key of [...this.tracks.keys()]) if (personOf(key) === participant) this.tracks.delete(key);
  }

  /** Moves on with every piece of sound and every picture that came out of the decoder. @param {string} key */
  #stamp(key) {
    const [participant, source] = key.split("/");
    const receiver = this.engine.receiver(participant, /** @type {Source} */ (source));
    return receiver?.getSynchronizationSources?.()[0]?.timestamp;
  }

  /** @param {string} participant */
  #restartClocks(participant) {
    for (const [key, entry] of this.tracks) if (personOf(key) === participant) entry.since = performance.now();
  }
}

/** @extends {Emitter<Omit<import("./engine.js").Events, "failed">>} */
export class Engines extends Emitter {
  /** @type {Map<Kind, Carrier>} the one in use, and the one before it for as long as it is needed */
  #carriers = new Map();
  /** @type {Kind | null} */
  #kind = null;
  /** @type {Place | null} */
  #place = null;
  /** @type {Person[]} */
  #people = [];
  /** @type {Set<string>} people whom the engine before knows; whoever comes later has never heard of it */
  #acquainted = new Set();
  /** @type {Set<string>} keys of sources that have changed over */
  #moved = new Set();
  /** @type {Map<string, MediaStreamTrack>} what listeners know */
  #shown = new Map();
  /** @type {Map<string, Link>} what listeners know */
  #links = new Map();
  /** @type {Set<string>} people to whom a direct path fails, as the server knows */
  #failed = new Set();
  /** @type {import("./wishes.js").Heights} */
  #heights = {};
  #looking = 0;
  #lingering = 0;
  #local;
  #ask;
  #makers;

  /**
   * @param {LocalMedia} local
   * @param {Ask} ask
   */
  constructor(local, ask, makers = ENGINES) {
    super();
    this.#local = local;
    this.#ask = ask;
    this.#makers = makers;
    local.on("track", ({ source }) => {
      for (const { engine } of this.#carriers.values()) engine.publish(source);
    });
  }

  get kind() {
    return this.#kind;
  }

  get #now() {
    return this.#kind ? this.#carriers.get(this.#kind) : undefined;
  }

  get #before() {
    return [...this.#carriers].find(([kind]) => kind !== this.#kind)?.[1];
  }

  /** @param {Place} place */
  connect(place) {
    this.#place = place;
    if (!place.returned) this.#part(); // the others have forgotten this page
    this.#now?.engine.connect(place);
    this.#before?.engine.connect(place);
  }

  /** @param {Kind} kind how media travels now, as the server says */
  use(kind) {
    if (kind === this.#kind || !this.#place) return;
    this.#stopWaiting();
    this.#kind = kind;
    this.#moved.clear();
    this.#acquainted = new Set(this.#people.map(({ id }) => id));
    if (!this.#now) this.#start(kind, this.#place);
    if (this.#before) this.#looking = setInterval(() => this.#settle(), LOOKING);
  }

  /** @param {Person[]} people in the meeting, oneself included */
  update(people) {
    const here = new Set(people.map(({ id }) => id));
    for (const { id } of this.#people) if (!here.has(id)) this.#forget(id);
    this.#people = people;
    this.#now?.engine.update(people);
    this.#before?.engine.update(people.filter(({ id }) => this.#acquainted.has(id)));
    this.#settle();
  }

  /** @param {string} participant @param {Source} source */
  receiver(participant, source) {
    return this.#carrierOf(`${participant}/${source}`)?.engine.receiver(participant, source) ?? null;
  }

  /** Of every connection of the engine in use. */
  async stats() {
    return (await this.#now?.engine.stats()) ?? [];
  }

  /** @param {ServerEvent} event about media; of an engine that is left it is late */
  take(event) {
    this.#carriers.get(event.type.startsWith("relay.") ? "RELAY" : "MESH")?.engine.take(event);
  }

  /** How large each picture is drawn. @param {import("./wishes.js").Heights} heights */
  want(heights) {
    this.#heights = heights;
    for (const { engine } of this.#carriers.values()) engine.want?.(heights);
  }

  close() {
    this.#stopWaiting();
    for (const { engine } of this.#carriers.values()) engine.close();
    this.#carriers.clear();
    this.#kind = null;
  }

  /** @param {Kind} kind @param {Place} place */
  #start(kind, place) {
    const engine = new this.#makers[kind](this.#local, this.#ask);
    const isFirst = this.#carriers.size === 0;
    this.#carriers.set(kind, new Carrier(engine, () => this.#settle()));
    engine.on("speaker", (speaker) => kind === this.#kind && this.emit("speaker", speaker));
    engine.on("failed", ({ participant }) => void this.#report(participant));
    engine.connect({ ...place, returned: isFirst && place.returned });
    engine.want?.(this.#heights);
  }

  /** Once is enough for each person. @param {string} participant */
  async #report(participant) {
    if (this.#failed.has(participant)) return;
    this.#failed.add(participant);
    try {
      await this.#ask("mesh.failed", { participant });
    } catch (/** @type {any} */ error) {
      if (error.code === "socket.down") this.#failed.delete(participant); // it never heard
    }
  }

  /** Tells what changed of tracks and links; and parts from the engine before when it is of no use any more. */
  #settle() {
    const carriers = [...this.#carriers.values()];
    const keys = new Set([...this.#shown.keys(), ...carriers.flatMap(({ tracks }) => [...tracks.keys()])]);
    for (const key of keys) this.#settleTrack(key);
    for (const { id } of this.#people) this.#settleLink(id);
    if (this.#before && this.#isOver) this.#lingering ||= setTimeout(() => this.#part(), LINGERING);
    else this.#stopLingering(); // somebody came back, or turned something on, and is waited for again
  }

  /** @param {string} key */
  #settleTrack(key) {
    if (this.#hasChanged(key)) this.#moved.add(key);
    const track = this.#carrierOf(key)?.track(key) ?? null;
    if (track === (this.#shown.get(key) ?? null)) return;
    if (track) this.#shown.set(key, track);
    else this.#shown.delete(key);
    const [participant, source] = key.split("/");
    this.emit("track", { participant, source: /** @type {Source} */ (source), track });
  }

  /** @param {string} id */
  #settleLink(id) {
    const link = (this.#hasMoved(id) ? this.#now : (this.#before ?? this.#now))?.links.get(id);
    if (!link || link === this.#links.get(id)) return;
    this.#links.set(id, link);
    this.emit("quality", { participant: id, link });
  }

  /** @param {string} key @returns {boolean} whether the engine in use plays it, or the one before has nothing to lose */
  #hasChanged(key) {
    const [now, before] = [this.#now, this.#before];
    if (!now?.track(key)) return false;
    const isLost = !before?.track(key) || before.links.get(personOf(key)) !== "connected";
    return isLost || now.hasTaken(key);
  }

  /** @param {string} key */
  #isOn(key) {
    const [id, source] = key.split("/");
    const person = this.#people.find((one) => one.id === id);
    return Boolean(person?.[source === "microphone" || source === "camera" ? source : "screen"]);
  }

  /** @param {string} key */
  #carrierOf(key) {
    return this.#moved.has(key) ? this.#now : (this.#before ?? this.#now);
  }

  /** @param {string} id @returns {boolean} whether all has changed over that the engine in use has of somebody and is on */
  #hasMoved(id) {
    const keys = [...(this.#now?.tracks.keys() ?? [])].filter((key) => personOf(key) === id && this.#isOn(key));
    return keys.length ? keys.every((key) => this.#moved.has(key)) : this.#now?.links.get(id) === "connected";
  }

  /** @returns {boolean} whether everybody who can have changed over has, and the others get what is sent from here */
  get #isOver() {
    if (this.#now?.engine.isSending === false) return false;
    const others = this.#people.filter(({ id }) => id !== this.#place?.you && this.#acquainted.has(id));
    return others.every(({ id, connected }) => !connected || this.#hasMoved(id));
  }

  #part() {
    this.#stopWaiting();
    for (const [kind, { engine }] of this.#carriers) {
      if (kind === this.#kind) continue;
      this.#carriers.delete(kind);
      engine.close();
    }
    this.#settle();
  }

  #stopWaiting() {
    clearInterval(this.#looking);
    this.#looking = 0;
    this.#stopLingering();
  }

  #stopLingering() {
    clearTimeout(this.#lingering);
    this.#lingering = 0;
  }

  /** @param {string} id of somebody who has left, and may come back with other tracks */
  #forget(id) {
    for (const carrier of this.#carriers.values()) carrier.forget(id);
    for (const keys of [this.#shown, this.#moved])
      for (const key of [...keys.keys()]) if (personOf(key) === id) keys.delete(key);
    this.#links.delete(id);
    this.#acquainted.delete(id);
  }
}

/** @param {string} key */
function personOf(key) {
  return key.split("/")[0];
}

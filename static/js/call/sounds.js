/** The sound of all, as far as it is to be heard: a person who is marked muted is not, whatever their browser sends. */
import { byId, make } from "./dom.js";

/**
 * `elements`: the last one plays `track`; one before it plays what was there before, until that one does.
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../media/sources.js").Source} Source
 * @typedef {{participant: string, source: Source, track: MediaStreamTrack | null, elements: HTMLAudioElement[]}} Sound
 */

export class Sounds {
  /** @type {Map<string, Sound>} */
  #sounds = new Map();
  /** @type {Map<string, Person>} */
  #people = new Map();
  #device = "";
  #blocked;

  /** @param {() => void} blocked is called when the browser does not let sound play */
  constructor(blocked) {
    this.#blocked = blocked;
  }

  /**
   * @param {string} participant
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  setTrack(participant, source, track) {
    const key = `${participant} ${source}`;
    const sound = this.#sounds.get(key) ?? { participant, source, track, elements: [] };
    this.#sounds.set(key, sound);
    sound.track = track;
    this.#settle(sound);
  }

  /** @param {Person[]} people */
  show(people) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    for (const sound of this.#sounds.values()) this.#settle(sound);
  }

  /** @param {string} device id of a loudspeaker, "" for the default */
  setDevice(device) {
    this.#device = device;
    for (const element of this.#elements) void this.#direct(element);
  }

  /** After the person has allowed it by a press. */
  playAll() {
    for (const element of this.#elements) void element.play().catch(() => undefined);
  }

  /** @param {string} participant */
  remove(participant) {
    for (const [key, sound] of this.#sounds) {
      if (sound.participant !== participant) continue;
      sound.elements.splice(0).forEach(retire);
      this.#sounds.delete(key);
    }
  }

  get #elements() {
    return [...this.#sounds.values()].flatMap(({ elements }) => elements);
  }

  /** A muted microphone goes on running without a sound: whether anything still comes is told by its level. @param {Sound} sound */
  #settle(sound) {
    const { participant, source, track, elements } = sound;
    const person = this.#people.get(participant);
    const wanted = source === "microphone" || person?.screen ? track : null;
    const muted = source === "microphone" && !person?.microphone;
    const last = elements.at(-1);
    if (last && wanted === trackOf(last) && muted === last.muted) return;
    for (const element of elements) element.muted = muted;
    if (!wanted) elements.splice(0).forEach(retire);
    else if (last && wanted === trackOf(last)) this.#play(last);
    else this.#change(sound, wanted, muted);
  }

  /** Without a gap, and nobody is heard twice. @param {Sound} sound @param {MediaStreamTrack} track @param {boolean} muted */
  #change({ elements }, track, muted) {
    const next = make("audio", { autoplay: "" });
    Object.assign(next, { muted, volume: elements.length ? 0 : 1, srcObject: new MediaStream([track]) });
    elements.push(next);
    byId("sounds").append(next);
    void Promise.all([this.#play(next), this.#direct(next)]).then(() => {
      if (!elements.includes(next)) return;
      next.volume = 1;
      elements.splice(0, elements.indexOf(next)).forEach(retire);
      if (next.paused) void this.#play(next); // some browsers let only what is silent play unasked
    });
  }

  /** @param {HTMLAudioElement} element */
  #play(element) {
    return element.play().catch((error) => {
      if (error.name === "NotAllowedError") this.#blocked();
    });
  }

  /** @param {HTMLAudioElement} element */
  async #direct(element) {
    if ("setSinkId" in element) await element.setSinkId(this.#device).catch(() => undefined); // gone: the default plays
  }
}

/** @param {HTMLAudioElement} element */
function trackOf(element) {
  return /** @type {MediaStream | null} */ (element.srcObject)?.getTracks()[0] ?? null;
}

/** @param {HTMLAudioElement} element */
function retire(element) {
  element.srcObject = null;
  element.remove();
}

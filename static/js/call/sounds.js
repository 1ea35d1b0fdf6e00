/** The sound of all, as far as it is to be heard: a person who is marked muted is not, whatever their browser sends. */
import { byId, make } from "./dom.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../media/sources.js").Source} Source
 * @typedef {{participant: string, source: Source, track: MediaStreamTrack | null, element: HTMLAudioElement}} Sound
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
    const sound = this.#sounds.get(key) ?? { participant, source, track, element: make("audio", { autoplay: "" }) };
    if (!this.#sounds.has(key)) byId("sounds").append(sound.element);
    this.#sounds.set(key, sound);
    sound.track = track;
    this.#direct(sound);
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
    for (const sound of this.#sounds.values()) this.#direct(sound);
  }

  /** After the person has allowed it by a press. */
  playAll() {
    for (const { element } of this.#sounds.values()) void element.play().catch(() => undefined);
  }

  /** @param {string} participant */
  remove(participant) {
    for (const [key, { element, participant: owner }] of this.#sounds) {
      if (owner !== participant) continue;
      element.srcObject = null;
      element.remove();
      this.#sounds.delete(key);
    }
  }

  /** A muted microphone goes on running without a sound: whether anything still comes is told by its level. @param {Sound} sound */
  #settle({ participant, source, track, element }) {
    const person = this.#people.get(participant);
    const wanted = source === "microphone" || person?.screen ? track : null;
    const muted = source === "microphone" && !person?.microphone;
    const now = /** @type {MediaStream | null} */ (element.srcObject)?.getTracks()[0] ?? null;
    if (wanted === now && muted === element.muted) return;
    element.muted = muted;
    if (wanted !== now) element.srcObject = wanted ? new MediaStream([wanted]) : null;
    if (wanted) element.play().catch((error) => error.name === "NotAllowedError" && this.#blocked());
  }

  /** @param {Sound} sound */
  #direct({ element }) {
    if ("setSinkId" in element) element.setSinkId(this.#device).catch(() => undefined); // gone: the default plays
  }
}

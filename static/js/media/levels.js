/** How loud: a meter of one's own microphone, and who of all speaks. */
import { Emitter } from "../lib/emitter.js";

const EVERY = 150; // milliseconds
const AUDIBLE = 0.02; // of full scale
const HOLD = 1500; // milliseconds that a speaker stays the active one
const HEEDED_WITHIN = 2000; // milliseconds from a mute until silence
const ANY = 0.003; // of full scale: well below a voice; a browser that obeys sends nothing at all
const RECENT = 3000; // milliseconds, longer than the pauses between words

/** Level of a local track, 0 to 1, as an AnalyserNode hears it. */
export class Meter {
  #context;
  #analyser;
  #samples;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;

  constructor() {
    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 512;
    this.#samples = new Float32Array(this.#analyser.fftSize);
  }

  /** @param {MediaStreamTrack | null} track */
  listen(track) {
    this.#source?.disconnect();
    this.#source = track ? this.#context.createMediaStreamSource(new MediaStream([track])) : null;
    this.#source?.connect(this.#analyser);
  }

  /** Browsers hold sound back until the person has done something on the page. */
  wake() {
    this.#context.resume().catch(() => undefined); // closed before it had begun
  }

  get level() {
    if (!this.#source) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }

  close() {
    void this.#context.close();
  }
}

/**
 * Picks the active speaker from levels, and holds on to it for a while.
 * @extends {Emitter<{speaker: string | null}>}
 */
export class SpeakerWatch extends Emitter {
  #timer;
  /** @type {Map<string, number>} */
  #smooth = new Map();
  /** @type {string | null} */
  #speaker = null;
  #since = 0;

  /** @param {() => Map<string, number>} levels of everybody whose microphone is on, 0 to 1 */
  constructor(levels) {
    super();
    this.#timer = setInterval(() => this.#look(levels()), EVERY);
  }

  close() {
    clearInterval(this.#timer);
  }

  /** @param {Map<string, number>} levels */
  #look(levels) {
    for (const id of this.#smooth.keys()) if (!levels.has(id)) this.#smooth.delete(id);
    for (const [id, level] of levels) this.#smooth.set(id, (this.#smooth.get(id) ?? 0) * 0.6 + level * 0.4);
    const [loudest] = [...this.#smooth].sort(([, a], [, b]) => b - a);
    const candidate = loudest && loudest[1] > AUDIBLE ? loudest[0] : null;
    const now = performance.now();
    if (candidate === this.#speaker) {
      this.#since = now;
    } else if (this.#speaker === null || now - this.#since > HOLD) {
      this.#speaker = candidate;
      this.#since = now;
      this.emit("speaker", candidate);
    }
  }
}

/** @param {RTCRtpReceiver | null} receiver */
export function receivedLevel(receiver) {
  return receivedSound(receiver).level;
}

/** @typedef {{level: number, at: number}} Heard `at` moves with every packet; a level from before the last one is old */

/** @param {RTCRtpReceiver | null} receiver @returns {Heard} */
export function receivedSound(receiver) {
  const source = receiver?.getSynchronizationSources?.()[0];
  return { level: source?.audioLevel ?? 0, at: source?.timestamp ?? 0 };
}

/** Who sends sound although they are muted: within the last seconds, and for longer than a mute takes to arrive. */
export class MutedSound {
  /** @type {Map<string, {since: number, at: number, loud: number}>} */
  #people = new Map();

  /**
   * @param {Map<string, Heard>} sounds of everybody who is muted
   * @param {number} now milliseconds
   */
  listen(sounds, now) {
    for (const id of this.#people.keys()) if (!sounds.has(id)) this.#people.delete(id);
    for (const [id, { level, at }] of sounds) {
      const person = this.#people.get(id) ?? { since: now, at, loud: -Infinity };
      if (at !== person.at && level > ANY && now - person.since > HEEDED_WITHIN) person.loud = now;
      this.#people.set(id, { ...person, at });
    }
    return new Set([...this.#people].filter(([, { loud }]) => now - loud < RECENT).map(([id]) => id));
  }
}

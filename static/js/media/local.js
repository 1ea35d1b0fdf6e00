/** A person's own microphone, camera and screen: captured apart, so that one that fails does not take the other. */
import { Emitter } from "../lib/emitter.js";
import { device } from "../lib/storage.js";
import { captureCamera, captureMicrophone, captureScreen, resize } from "./capture.js";

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./capture.js").Quality} Quality
 * @typedef {"microphone" | "camera"} Capture
 * @typedef {{source: Source, track: MediaStreamTrack | null}} Change
 */

const CHOICES = "meet.devices";

/**
 * `track`: what is sent for a source changed, null is nothing. `problem`: a device could not be had; `name` is a
 * DOMException's. `lost`: a device in use went away. `screen-ended`: sharing was stopped by the browser's own bar.
 * @extends {Emitter<{track: Change, problem: {source: Capture, name: string}, lost: {source: Capture},
 *   devices: MediaDeviceInfo[], "screen-ended": undefined}>}
 */
export class LocalMedia extends Emitter {
  /** @type {Record<Capture, MediaStreamTrack | null>} */
  #captured = { microphone: null, camera: null };
  /** @type {Record<Capture, boolean>} what the person wants */
  #wanted = { microphone: false, camera: false };
  /** @type {Record<Capture, Promise<void>>} one change of a source at a time */
  #changing = { microphone: Promise.resolve(), camera: Promise.resolve() };
  /** @type {MediaStream | null} */
  #screen = null;
  #choices = { microphone: "", camera: "", speaker: "", quality: /** @type {Quality} */ ("high"), ...device.get(CHOICES) };

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.list());
  }

  get choices() {
    return this.#choices;
  }

  /** Whether it is on, or will be as soon as there is a device and leave to use it. @param {Capture} source */
  wants(source) {
    return this.#wanted[source];
  }

  /** @param {Capture} source */
  isOn(source) {
    return this.#wanted[source] && this.#captured[source] !== null;
  }

  /** Whether it will be on, but is not yet. @param {Capture} source */
  awaits(source) {
    return this.#wanted[source] && this.#captured[source] === null;
  }

  /** The microphone's own track, also while muted, for the level meter. */
  get microphone() {
    return this.#captured.microphone;
  }

  /**
   * What others should receive for a source, null for nothing.
   * @param {Source} source
   */
  track(source) {
    if (source === "screen") return this.#screen?.getVideoTracks()[0] ?? null;
    if (source === "screen-audio") return this.#screen?.getAudioTracks()[0] ?? null;
    return this.#wanted[source] ? this.#captured[source] : null;
  }

  /**
   * @param {Capture} source
   * @param {boolean} on
   * @returns {Promise<boolean>} whether it is on now
   */
  async set(source, on) {
    this.#wanted[source] = on;
    await this.#settle(source);
    return this.isOn(source);
  }

  /**
   * @param {Capture} source
   * @param {string} id
   */
  async pick(source, id) {
    this.#remember({ [source]: id });
    await this.#replace(source);
  }

  /** @param {string} id */
  pickSpeaker(id) {
    this.#remember({ speaker: id });
  }

  /** @param {Quality} quality */
  async pickQuality(quality) {
    this.#remember({ quality });
    if (!this.#captured.camera) return;
    await resize(this.#captured.camera, quality);
    this.#announce("camera"); // the same, of another size
  }

  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    this.emit("devices", devices);
    return devices;
  }

  async shareScreen() {
    const stream = await captureScreen();
    this.#screen = stream;
    const [video] = stream.getVideoTracks();
    video.contentHint = "detail";
    video.onended = () => {
      this.stopScreen();
      this.emit("screen-ended", undefined);
    };
    this.#announce("screen");
    this.#announce("screen-audio");
  }

  stopScreen() {
    this.#screen?.getTracks().forEach(halt);
    this.#screen = null;
    this.#announce("screen");
    this.#announce("screen-audio");
  }

  /** Lets every device go; the camera's light goes off. */
  stop() {
    this.#wanted = { microphone: false, camera: false };
    Object.values(this.#captured).forEach((track) => track && halt(track));
    this.#captured = { microphone: null, camera: null };
    this.#screen?.getTracks().forEach(halt);
    this.#screen = null;
  }

  /** @param {Capture} source */
  #settle(source) {
    this.#changing[source] = this.#changing[source].then(() => this.#apply(source));
    return this.#changing[source];
  }

  /** @param {Capture} source */
  async #apply(source) {
    const wanted = this.#wanted[source];
    if (wanted && !this.#captured[source]) await this.#capture(source);
    const track = this.#captured[source];
    if (source === "camera" && !this.#wanted.camera && track) {
      halt(track);
      this.#captured.camera = null;
    }
    if (source === "microphone" && track) track.enabled = this.#wanted.microphone;
    this.#announce(source);
  }

  /** @param {Capture} source */
  async #capture(source) {
    const id = this.#choices[source];
    try {
      const track =
        source === "microphone" ? await captureMicrophone(id) : await captureCamera(id, this.#choices.quality);
      this.#captured[source] = track;
      track.onended = () => void this.#lose(source);
      await this.list(); // names are told only after permission
    } catch (error) {
      this.#wanted[source] = false;
      this.emit("problem", { source, name: error instanceof DOMException ? error.name : "UnknownError" });
    }
  }

  /**
   * The device went away: carry on with another of its kind, as loud or silent as before.
   * @param {Capture} source
   */
  async #lose(source) {
    this.#captured[source] = null;
    this.emit("lost", { source });
    await this.#settle(source);
  }

  /** As loud or silent as before. @param {Capture} source */
  #replace(source) {
    this.#changing[source] = this.#changing[source].then(async () => {
      const track = this.#captured[source];
      if (!track) return;
      halt(track);
      this.#captured[source] = null;
      await this.#capture(source);
      await this.#apply(source);
    });
    return this.#changing[source];
  }

  /** @param {Source} source */
  #announce(source) {
    this.emit("track", { source, track: this.track(source) });
  }

  /** @param {Partial<LocalMedia["choices"]>} choice */
  #remember(choice) {
    Object.assign(this.#choices, choice);
    device.set(CHOICES, this.#choices);
  }
}

/** @param {MediaStreamTrack} track */
function halt(track) {
  track.onended = null;
  track.stop();
}

/** A moving picture that may come from elsewhere without going dark: what is shown stays until the next one is there. */
import { make } from "./dom.js";

export class Picture {
  #shown = made();
  /** @type {HTMLVideoElement | null} below the one that is shown, until its first frame has come */
  #next = null;

  /** Where it begins; put it in its place. */
  get element() {
    return this.#shown;
  }

  get isEmpty() {
    return this.#shown.srcObject === null;
  }

  /** @param {MediaStreamTrack | null} track */
  setTrack(track) {
    if (track === trackOf(this.#next ?? this.#shown)) return;
    if (this.#next) retire(this.#next);
    this.#next = null;
    if (track === trackOf(this.#shown)) return;
    if (track && !this.isEmpty) this.#prepare(track);
    else play(this.#shown, track);
  }

  /** @param {MediaStreamTrack} track */
  #prepare(track) {
    const next = (this.#next = made());
    next.onloadeddata = () => {
      if (next !== this.#next) return;
      retire(this.#shown);
      this.#shown = next;
      this.#next = null;
    };
    this.#shown.before(next);
    play(next, track);
  }
}

function made() {
  const video = make("video", { autoplay: "", playsinline: "" });
  video.muted = true; // sound has elements of its own
  return video;
}

/** @param {HTMLVideoElement} video @param {MediaStreamTrack | null} track */
function play(video, track) {
  video.srcObject = track && new MediaStream([track]);
  if (track) void video.play().catch(() => undefined); // muted video may always play; a removed tile may not
}

/** @param {HTMLVideoElement} video */
function trackOf(video) {
  return /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
}

/** @param {HTMLVideoElement} video */
function retire(video) {
  video.srcObject = null;
  video.remove();
}

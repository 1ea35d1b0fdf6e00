/** Asking the browser for a microphone, a camera or a screen. */

/** @typedef {"high" | "standard" | "low"} Quality */

/** @type {Record<Quality, MediaTrackConstraints>} */
const SIZES = {
  high: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  standard: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24 } },
  low: { width: { ideal: 320 }, height: { ideal: 180 }, frameRate: { ideal: 15 } },
};

const SPEECH = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Processing meant for speech takes tones and music out of a shared tab. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** @param {string} id of the wanted device, or "" for the default */
export function captureMicrophone(id) {
  return first("audio", id, SPEECH);
}

/**
 * @param {string} id
 * @param {Quality} quality
 */
export function captureCamera(id, quality) {
  return first("video", id, SIZES[quality]);
}

/** @returns {Promise<MediaStream>} one video track, and an audio track where the browser shares sound */
export function captureScreen() {
  return navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio: PLAIN,
  });
}

export function canShareScreen() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

/**
 * @param {MediaStreamTrack} track
 * @param {Quality} quality
 */
export function resize(track, quality) {
  return track.applyConstraints(SIZES[quality]);
}

/**
 * The device asked for, or any other when that one is gone.
 * @param {"audio" | "video"} kind
 * @param {string} id
 * @param {MediaTrackConstraints} constraints
 */
async function first(kind, id, constraints) {
  if (!navigator.mediaDevices) throw new DOMException("No secure context.", "SecurityError");
  if (id) {
    try {
      return await one(kind, { ...constraints, deviceId: { exact: id } });
    } catch (error) {
      if (!(error instanceof DOMException) || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    }
  }
  return one(kind, constraints);
}

/**
 * @param {"audio" | "video"} kind
 * @param {MediaTrackConstraints} constraints
 */
async function one(kind, constraints) {
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: constraints });
  return stream.getTracks()[0];
}

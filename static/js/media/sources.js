/**
 * What a person can send. The order is the order of m-lines on every peer connection.
 * @typedef {"microphone" | "camera" | "screen" | "screen-audio"} Source
 */

/** @type {readonly Source[]} */
export const SOURCES = ["microphone", "camera", "screen", "screen-audio"];

/** @param {Source} source */
export function kindOf(source) {
  return source === "camera" || source === "screen" ? "video" : "audio";
}

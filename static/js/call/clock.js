/** How long the meeting has been going on. */
import { byId } from "./dom.js";

/**
 * @param {() => number} startedAt milliseconds since 1970
 * @returns {() => void} stops it
 */
export function startClock(startedAt) {
  const show = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - startedAt()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const parts = [...(hours ? [hours] : []), hours ? pad(minutes) : minutes, pad(seconds % 60)];
    byId("call-time").textContent = parts.join(":");
  };
  show();
  const timer = setInterval(show, 1000);
  return () => clearInterval(timer);
}

/** @param {number} value */
function pad(value) {
  return String(value).padStart(2, "0");
}

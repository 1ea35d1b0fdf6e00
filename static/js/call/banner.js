/** What holds for the whole meeting until somebody does something about it. */
import { gettext, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";

/** @typedef {import("../protocol/types.js").Meeting} Meeting */

/** @param {Meeting | null} meeting @param {boolean} mayResume */
export function showBanner(meeting, mayResume) {
  const text = bannerText(meeting);
  const line = byId("banner-text");
  if (line.textContent !== text) line.textContent = text; // the same again would be read out again
  byId("banner").classList.toggle("empty", text === "");
  byId("banner-resume").hidden = !(meeting?.suspended && mayResume);
}

/** @param {Meeting | null} meeting */
function bannerText(meeting) {
  const suspended = meeting?.suspended ? gettext("The host has suspended the meeting.") : "";
  return [suspended, meeting?.ends_at ? endText(new Date(meeting.ends_at)) : ""].filter(Boolean).join(" ");
}

/** @param {Date} end */
function endText(end) {
  const time = end.toLocaleTimeString(document.documentElement.lang || [], { hour: "numeric", minute: "2-digit" });
  return interpolate(gettext("No host is here. The meeting ends at %(time)s unless one comes back."), { time });
}

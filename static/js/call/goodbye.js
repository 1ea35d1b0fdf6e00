/** After the call: why it is over, and whether there is a way back. */
import { gettext } from "../lib/i18n.js";
import { byId } from "./dom.js";

/** @type {Record<string, () => string>} */
const TITLES = {
  left: () => gettext("You left the meeting"),
  "ended-HOST": () => gettext("The host ended the meeting"),
  "ended-ADMINISTRATOR": () => gettext("An administrator ended the meeting"),
  "ended-ROOM_CLOSED": () => gettext("The host closed the room"),
  "ended-NO_HOST": () => gettext("No host came back"),
  denied: () => gettext("The host did not let you in"),
  removed: () => gettext("You were removed by the host"),
  "removed-for-now": () => gettext("You were removed by the host"),
  moved: () => gettext("You joined from somewhere else"),
  "signed-out": () => gettext("You were signed out"),
  refused: () => gettext("You could not come back"),
  lost: () => gettext("The connection was closed"),
};

const NO_WAY_BACK = new Set(["removed", "signed-out"]);

/** @param {string} reason @param {string} text */
export function sayGoodbye(reason, text) {
  const title = byId("goodbye-title");
  title.textContent = (TITLES[reason] ?? TITLES.lost)();
  byId("goodbye-text").textContent = text;
  byId("rejoin").hidden = NO_WAY_BACK.has(reason);
  byId("goodbye").hidden = false;
  title.focus();
}

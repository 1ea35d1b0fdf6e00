/** People and chat beside the stage: one open at a time. */
import { byId } from "../call/dom.js";

/** @typedef {import("../call/call.js").Call} Call */

/**
 * @param {Call} call
 * @param {import("../protocol/types.js").Joined} joined
 * @returns {() => void} closes what was opened
 */
export function attachPanels(call, joined) {
  const people = byId("people");
  const setPeople = (/** @type {boolean} */ open) => {
    people.hidden = !open;
    call.peopleOpen = open;
    call.show();
  };
  call.on("people", () => setPeople(!call.peopleOpen));
  byId("close-people").onclick = () => {
    setPeople(false);
    byId("toggle-people").focus();
  };
  people.addEventListener("keydown", ({ key }) => key === "Escape" && byId("close-people").click());
  void joined;
  return () => setPeople(false);
}

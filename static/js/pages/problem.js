/** Report a problem, out of the call: what would be sent of device and connection is shown first. */
import { byId, make } from "../call/dom.js";
import { toast } from "../call/toasts.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { factsOf } from "../media/facts.js";

/**
 * @typedef {import("../call/call.js").Call} Call
 * @typedef {import("../media/local.js").LocalMedia} LocalMedia
 */

const LONGEST = 200; // characters of one fact, as on the server

/** Where the page has it: for members of the room's organization. @param {Call} call @param {LocalMedia} local */
export function attachProblem(call, local) {
  if (!document.getElementById("open-problem")) return;
  const dialog = /** @type {HTMLDialogElement} */ (byId("problem-dialog"));
  const form = /** @type {HTMLFormElement} */ (byId("problem-form"));
  /** @type {Record<string, string>} */
  let facts = {};
  byId("open-problem").onclick = async () => {
    form.reset();
    refuse("");
    facts = await gathered(call, local);
    show(facts);
    dialog.showModal();
  };
  byId("problem-cancel").onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const number = await sent(form, facts, `/rooms/${call.roster.room?.code}/problem/`); // the link may have changed
    if (number === null) return;
    dialog.close();
    toast(interpolate(gettext("Thank you. This is ticket #%(number)s."), { number }));
  };
}

/** @param {Call} call @param {LocalMedia} local @returns {Promise<Record<string, string>>} */
async function gathered(call, local) {
  const [{ engine, reports }, devices] = await Promise.all([call.measured(), local.list()]);
  const found = {
    room: call.roster.room?.name,
    ...pageFacts(),
    microphone: local.microphone?.label || labelOf(devices, local.choices.microphone) || gettext("off"),
    camera: local.track("camera")?.label || labelOf(devices, local.choices.camera) || gettext("off"),
    speaker: labelOf(devices, local.choices.speaker) || gettext("default"),
    engine: engine === "RELAY" ? gettext("through the relay") : gettext("from browser to browser"),
    people: String(call.roster.people.length),
    ...factsOf(reports.map((report) => [...report.values()])),
  };
  const texts = Object.entries(found).map(([name, text]) => [name, Array.from(text ?? "").slice(0, LONGEST).join("")]);
  return Object.fromEntries(texts.filter(([, text]) => text));
}

function pageFacts() {
  const { userAgentData: data, connection } = /** @type {any} */ (navigator);
  const brands = (data?.brands ?? [])
    .filter((/** @type {any} */ { brand }) => !/not.*brand/i.test(brand)) // there to be ignored
    .map((/** @type {any} */ { brand, version }) => `${brand} ${version}`);
  return {
    browser: brands.length ? brands.join(", ") : navigator.userAgent,
    system: data?.platform || navigator.platform,
    window: `${innerWidth}×${innerHeight}, ×${devicePixelRatio}`,
    network: connection?.effectiveType,
  };
}

/** @param {MediaDeviceInfo[]} devices @param {string} id */
function labelOf(devices, id) {
  return devices.find(({ deviceId }) => id && deviceId === id)?.label;
}

/** @param {Record<string, string>} facts */
function show(facts) {
  const names = JSON.parse(byId("names-of-facts").textContent ?? "{}");
  const rows = Object.keys(names).filter((name) => name in facts);
  byId("problem-facts").replaceChildren(
    ...rows.map((name) => make("div", {}, [make("dt", {}, [names[name]]), make("dd", {}, [facts[name]])])),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} facts
 * @param {string} url
 * @returns {Promise<number | null>} of the ticket
 */
async function sent(form, facts, url) {
  const button = /** @type {HTMLButtonElement} */ (byId("problem-send"));
  if (button.disabled) return null;
  const body = new FormData(form);
  if (/** @type {HTMLInputElement} */ (byId("problem-agree")).checked) body.set("facts", JSON.stringify(facts));
  button.disabled = true;
  refuse("");
  try {
    const answer = await fetch(url, { method: "POST", body });
    const said = await answer.json().catch(() => null);
    if (answer.ok) return said.number;
    refuse(said?.text ?? gettext("This did not work. Load the page again."));
  } catch {
    refuse(gettext("The server cannot be reached. Check your connection and try again."));
  } finally {
    button.disabled = false;
  }
  return null;
}

/** @param {string} text */
function refuse(text) {
  byId("problem-refused").textContent = text;
  byId("problem-what").setAttribute("aria-invalid", String(text !== ""));
}

/** Before joining: see and hear oneself, choose devices, give a name. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate, ngettext } from "../lib/i18n.js";
import { device } from "../lib/storage.js";
import { Meter } from "../media/levels.js";
import { DeviceSelects, problemText } from "./devices.js";
import { byId, setToggle } from "./dom.js";

/**
 * @typedef {import("../media/local.js").LocalMedia} LocalMedia
 * @typedef {{code: string, name: string, guest: boolean, host: boolean, ticker: string,
 *   kept: {microphone: boolean, camera: boolean} | null}} Page
 */

const WANTED = "meet.join-with";
const LOOK = 10_000; // milliseconds between two looks at the door

/** @extends {Emitter<{join: undefined}>} */
export class Lobby extends Emitter {
  #page;
  #local;
  #root = byId("lobby");
  #video = /** @type {HTMLVideoElement} */ (byId("preview-video"));
  #button = /** @type {HTMLButtonElement} */ (byId("join-now"));
  #meter = new Meter();
  /** @type {Map<"microphone" | "camera", string>} why a device cannot be used */
  #problems = new Map();
  #drawing = 0;
  #looking = 0;

  /** @param {Page} page @param {LocalMedia} local */
  constructor(page, local) {
    super();
    this.#page = page;
    this.#local = local;
    new DeviceSelects(this.#root, local, () => undefined);
    local.on("track", () => this.#show());
    local.on("problem", ({ source, name }) => this.#explain(source, problemText(source, name)));
    byId("lobby-microphone").onclick = () => void this.#toggle("microphone");
    byId("lobby-camera").onclick = () => void this.#toggle("camera");
    byId("test-speaker").onclick = () => void playTone(local.choices.speaker);
    byId("join-form").onsubmit = (event) => {
      event.preventDefault();
      void this.#submit();
    };
    for (const gesture of ["pointerdown", "keydown"]) this.#root.addEventListener(gesture, () => this.#meter.wake());
  }

  /** @param {{microphone: boolean, camera: boolean} | null} wish what to start with; else as last time */
  async start(wish) {
    this.#root.hidden = false;
    clearInterval(this.#drawing);
    clearInterval(this.#looking);
    this.#drawing = setInterval(() => this.#draw(), 100);
    this.#looking = setInterval(() => void this.#look(), LOOK);
    this.#showPeople(JSON.parse(document.getElementById("people-at-first")?.textContent ?? "null"));
    const { microphone, camera } = wish ?? device.get(WANTED) ?? { microphone: true, camera: true };
    const starting = [this.#local.set("camera", camera), this.#local.set("microphone", microphone)];
    this.#show();
    void this.#local.list();
    await Promise.all(starting);
    await this.#local.list();
    this.#show();
  }

  stop() {
    clearInterval(this.#drawing);
    clearInterval(this.#looking);
    this.#meter.close();
    this.#video.srcObject = null;
    this.#root.hidden = true;
  }

  /** @param {string} text why joining did not work */
  refuse(text) {
    this.#busy(false);
    const problem = byId("join-problem");
    problem.textContent = text;
    problem.hidden = text === "";
    this.#name?.focus();
  }

  /** @param {string} text why joining takes longer */
  wait(text) {
    const problem = byId("join-problem");
    problem.textContent = text;
    problem.hidden = false;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.#button.disabled = busy;
    this.#button.setAttribute("aria-busy", String(busy));
    if (busy) byId("join-problem").hidden = true;
  }

  get #name() {
    return /** @type {HTMLInputElement | null} */ (document.getElementById("guest-name"));
  }

  async #submit() {
    if (this.#button.disabled) return;
    this.#busy(true);
    try {
      if (this.#page.guest && !(await this.#takeSeat())) return;
      this.emit("join", undefined);
    } catch {
      this.refuse(gettext("The server cannot be reached. Check your connection and try again."));
    }
  }

  async #takeSeat() {
    const body = new URLSearchParams({ name: this.#name?.value ?? "" });
    const headers = { "X-CSRFToken": csrfToken() };
    const answer = await fetch(`/join/${this.#page.code}/seat/`, { method: "POST", body, headers });
    if (answer.ok) return true;
    const refused = await answer.json().catch(() => null);
    this.refuse(refused?.text ?? gettext("This did not work. Load the page again."));
    return false;
  }

  /** @param {"microphone" | "camera"} source */
  async #toggle(source) {
    const changing = this.#local.set(source, !this.#local.wants(source));
    this.#show();
    await changing;
    device.set(WANTED, { microphone: this.#local.wants("microphone"), camera: this.#local.wants("camera") });
  }

  #show() {
    if (this.#root.hidden) return;
    const [microphone, camera] = [this.#local.wants("microphone"), this.#local.wants("camera")];
    const names = {
      microphone: microphone ? gettext("Turn off microphone") : gettext("Turn on microphone"),
      camera: camera ? gettext("Turn off camera") : gettext("Turn on camera"),
    };
    setToggle(byId("lobby-microphone"), microphone, names.microphone, this.#local.awaits("microphone"));
    setToggle(byId("lobby-camera"), camera, names.camera, this.#local.awaits("camera"));
    if (this.#local.isOn("microphone")) this.#problems.delete("microphone");
    if (this.#local.isOn("camera")) this.#problems.delete("camera");
    this.#showProblems();
    const track = this.#local.track("camera");
    this.#video.srcObject = track ? new MediaStream([track]) : null;
    this.#video.hidden = !track;
    const missing = camera ? gettext("Your camera is starting…") : gettext("Your camera is off");
    byId("preview-text").textContent = track ? "" : missing;
    this.#meter.listen(this.#local.track("microphone"));
  }

  /** @param {"microphone" | "camera"} source @param {string} text */
  #explain(source, text) {
    this.#problems.set(source, text);
    this.#show();
  }

  #showProblems() {
    const problem = byId("device-problem");
    const text = [...this.#problems.values()].join("\n");
    if (problem.textContent !== text) problem.textContent = text; // the same again would be read out again
    problem.hidden = text === "";
  }

  #draw() {
    /** @type {HTMLMeterElement} */ (byId("lobby-level")).value = this.#meter.level;
  }

  /** Who is inside may have changed, and so may the door: then the page says so itself. */
  async #look() {
    const answer = await fetch(`/join/${this.#page.code}/door/`).catch(() => null);
    if (!answer || answer.status === 429) return;
    const door = answer.ok ? await answer.json() : { refused: "room.not-found" };
    if (door.refused && !this.#button.disabled) location.reload();
    else this.#showPeople(door.people);
  }

  /** @param {{count: number, names: string[]} | null} people */
  #showPeople(people) {
    const line = byId("people-inside");
    line.hidden = !people;
    if (!people) return;
    if (people.count === 0) line.textContent = gettext("Nobody is here yet");
    else {
      const text = ngettext("%(count)s person is here: %(names)s", "%(count)s people are here: %(names)s", people.count);
      const names = people.names.join(", ") + (people.count > people.names.length ? "…" : "");
      line.textContent = interpolate(text, { count: people.count, names });
    }
  }
}

function csrfToken() {
  return document.cookie.match(/(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

/** Two soft notes from the chosen speaker. @param {string} speaker */
async function playTone(speaker) {
  const context = new AudioContext();
  if (speaker && "setSinkId" in context) await /** @type {any} */ (context).setSinkId(speaker).catch(() => undefined);
  const gain = new GainNode(context, { gain: 0.15 });
  gain.connect(context.destination);
  for (const [index, frequency] of [440, 660].entries()) {
    const note = new OscillatorNode(context, { frequency });
    note.connect(gain);
    note.start(context.currentTime + index * 0.3);
    note.stop(context.currentTime + index * 0.3 + 0.28);
    if (index === 1) note.onended = () => void context.close();
  }
}

// @ts-check
// The tablet at the door of a space. It shows what the server last said, looks again when something is told, when the
// time has come for it to read otherwise, and every half a minute in any case; and it does so for days.

import { Refusal } from "../protocol/refusal.js";
import { Socket } from "../protocol/socket.js";

const LOOKS_AGAIN = 30_000; // milliseconds
const PATIENCE = 10_000; // milliseconds for an answer
const RENEWAL = 8_000; // milliseconds
const PAGE = location.pathname;

const found = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [board, clock, offline, said] = ["door", "clock", "offline", "said"].map(found);
const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: board.dataset.zone });

/** The server's clock, as far as it is ahead of this one, in milliseconds. */
let ahead = Number(board.dataset.now) * 1000 - Date.now();
let timer = 0;
let looking = false;
let lookOnceMore = false;
let asked = 0;
let isGone = false;

const now = () => Date.now() + ahead;
const isBusy = () => board.ariaBusy === "true";

function tick() {
  const time = format.format(now());
  if (clock.textContent !== time) clock.textContent = time;
}

/** Shows what a page of the server says, where it differs. @param {string} page */
function show(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("door");
  if (!fresh) throw new TypeError("The answer is no door.");
  if (fresh.dataset.script !== board.dataset.script) location.reload(); // there is a new version
  ahead = Number(fresh.dataset.now) * 1000 - Date.now();
  board.dataset.changes = fresh.dataset.changes;
  board.className = fresh.className;
  if (board.innerHTML !== fresh.innerHTML) replace(fresh);
  tick();
}

/** @param {HTMLElement} fresh */
function replace(fresh) {
  const before = stateOf(board);
  const focused = document.activeElement instanceof HTMLButtonElement ? document.activeElement.formAction : "";
  board.replaceChildren(...fresh.childNodes);
  if (stateOf(board) !== before) said.textContent = stateOf(board);
  if (focused) [...board.querySelectorAll("button")].find(({ formAction }) => formAction === focused)?.focus();
}

/** @param {HTMLElement} where */
function stateOf(where) {
  return where.querySelector("#door-state")?.textContent?.trim() ?? "";
}

/** One look at a time, and none while something is done; what is told meanwhile is looked at afterwards. */
async function look() {
  if (isGone) return;
  lookOnceMore = looking || isBusy();
  if (lookOnceMore) return;
  looking = true;
  await take(() => fetch(PAGE, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }));
  looking = false;
  if (lookOnceMore) void look();
}

/**
 * Shows the answer, unless something was asked since: it would undo what that shows.
 * @param {() => Promise<Response>} ask
 */
async function take(ask) {
  const turn = ++asked;
  try {
    const answer = await ask();
    const page = await answer.text();
    if (turn !== asked) return;
    if (answer.status === 404) return gone();
    if (answer.status === 403) return location.reload(); // its cookie was lost
    if (!answer.ok && answer.status !== 409) throw new TypeError(`The server answered ${answer.status}.`);
    show(page);
    offline.hidden = true;
  } catch {
    if (turn !== asked) return;
    offline.hidden = false;
  }
  lookLater();
}

function lookLater() {
  clearTimeout(timer);
  const changes = Number(board.dataset.changes) * 1000 - now() + 250;
  timer = setTimeout(look, Math.min(LOOKS_AGAIN, Math.max(1000, changes)));
}

/** Nothing is asked any more: misses would be counted against everybody behind this address. */
function gone() {
  isGone = true;
  clearTimeout(timer);
  clearInterval(ticking);
  clearInterval(renewing);
  socket.close();
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("gone"));
  document.querySelector("main")?.replaceChildren(words.content.cloneNode(true));
}

found("deeds").addEventListener("submit", async (event) => {
  const { submitter } = event;
  if (!(submitter instanceof HTMLButtonElement) || "leadsAway" in submitter.dataset) return;
  event.preventDefault();
  if (isBusy()) return;
  const body = new FormData(/** @type {HTMLFormElement} */ (event.target), submitter);
  board.ariaBusy = "true";
  await take(() => fetch(submitter.formAction, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) }));
  board.ariaBusy = "false";
  if (lookOnceMore) void look();
});

const socket = new Socket(board.dataset.socket ?? "");
socket.on("open", () => {
  socket.ask("door.listen").catch(lookWhenRefused);
  void look(); // for what was told while nobody listened
});
socket.on("down", look);
socket.on("closed", look);
socket.on("event", ({ type }) => void (type === "space.changed" && look()));

/** @param {unknown} error */
function lookWhenRefused(error) {
  if (error instanceof Refusal && error.code === "door.not-found") void look();
}

const renewing = setInterval(() => socket.isOpen && socket.ask("connection.renew").catch(lookWhenRefused), RENEWAL);
const ticking = setInterval(tick, 1000);

/** Where the browser can, the screen stays on. */
async function stayAwake() {
  await navigator.wakeLock?.request("screen").catch(() => undefined); // refused on low battery, say
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  void stayAwake();
  void look();
});

void stayAwake();
tick();
lookLater();
socket.open();

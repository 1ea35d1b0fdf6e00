/** The page /join/<code>/: lobby, call and goodbye in one document, so that the camera stays on. */
import { Call } from "../call/call.js";
import { startClock } from "../call/clock.js";
import { DeviceSelects } from "../call/devices.js";
import { byId } from "../call/dom.js";
import { sayGoodbye } from "../call/goodbye.js";
import { Lobby } from "../call/lobby.js";
import { listenForKeys } from "../call/shortcuts.js";
import { Waiting } from "../call/waiting.js";
import { noticesWanted, toast, wantNotices } from "../call/toasts.js";
import { attachPanels } from "./panels.js";
import { attachProblem } from "./problem.js";
import { copyText } from "../lib/clipboard.js";
import { gettext } from "../lib/i18n.js";
import { tab } from "../lib/storage.js";
import { useWorker } from "../lib/ticker.js";
import { LocalMedia } from "../media/local.js";
import { RoomChannel } from "../protocol/room.js";

/** @type {import("../call/lobby.js").Page} */
const page = JSON.parse(byId("page").textContent ?? "{}");
let code = page.code;
const resumeKey = () => `meet.resume.${code}`;

/**
 * What a reload left for this page; a copy of the tab does not get it. The person's last choices may not have reached
 * the server, so they come from here too.
 * @type {{connection: string, microphone: boolean, camera: boolean} | null}
 */
const left = tab.get(resumeKey());
tab.set(resumeKey(), null);

useWorker(page.ticker);
const local = new LocalMedia();
const lobby = new Lobby(page, local);
const channel = new RoomChannel(
  page.code,
  () => ({ microphone: local.isOn("microphone"), camera: local.isOn("camera") }),
  left?.connection ?? "",
);
const call = new Call(channel, local);
let inCall = false;
const waiting = new Waiting(() => {
  channel.ask("waiting.withdraw").catch(() => undefined);
  channel.close();
  waiting.hide();
  void showLobby("");
});

lobby.on("join", () => channel.open());

channel.on("refused", (refusal) => {
  if (refusal.code === "seat.elsewhere") askToMove();
  else if (inCall) end("refused", refusal.text);
  else void showLobby(refusal.text);
});

channel.on("waiting", (place) => {
  if (inCall) {
    location.reload(); // sent back: the page begins anew, in the queue
    return;
  }
  byId("returning").hidden = true;
  byId("lobby").hidden = true;
  waiting.show(place);
});
channel.on("moved", (place) => waiting.move(place));
channel.on("joined", () => panels?.rejoined());
channel.on("down", () => {
  if (!inCall) lobby.wait(gettext("The server cannot be reached. Trying again…"));
});
channel.on("closed", (how) => end(how.code === 4411 ? `ended-${call.endedReason}` : (REASONS[how.code] ?? "lost")));
call.on("changed", () => {
  const room = call.roster.room;
  if (!room) return;
  byId("call-name").textContent = room.name;
  if (room.code === code) return;
  code = room.code; // the link was changed; a reload must find its way
  channel.moveTo(code);
  history.replaceState(null, "", `/join/${code}/`);
});
call.on("over", ({ reason }) => end(reason));

call.on("started", (joined) => {
  inCall = true;
  lobby.stop();
  waiting.hide();
  byId("returning").hidden = true;
  byId("page-header").hidden = true;
  byId("call").hidden = false;
  document.body.classList.add("in-call");
  call.show();
  byId("call").focus(); // not a button: Space is to talk
  stopKeys = listenForKeys({
    press: {
      m: () => byId("microphone").click(),
      v: () => byId("camera").click(),
      s: () => byId("screen").click(),
      h: () => byId("hand").click(),
      r: () => call.controls.toggleReactions(),
      c: () => byId("toggle-chat").click(),
      p: () => byId("toggle-people").click(),
      "?": () => /** @type {HTMLDialogElement} */ (byId("shortcuts-dialog")).showModal(),
    },
    talk: (held) => void talk(held),
    leave: () => call.controls.leave(),
  });
  panels = attachPanels(call, joined);
  stopClock = startClock(() => call.roster.startedAt || Date.parse(joined.snapshot.meeting.started_at));
});

/** Close codes of docs/protocol.md, as reasons. @type {Record<number, string>} */
const REASONS = {
  4401: "signed-out",
  4403: "removed",
  4409: "moved",
  4410: "left",
  4413: "denied",
  4415: "removed-for-now",
};

let stopKeys = () => {};
let stopClock = () => {};
/** @type {ReturnType<typeof attachPanels> | null} */
let panels = null;
let talking = false;

/** Push to talk: only for who is muted. @param {boolean} held */
async function talk(held) {
  if (held && local.isOn("microphone")) return;
  if (!held && !talking) return;
  talking = held;
  await call.setMicrophone(held);
}

function askToMove() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("elsewhere"));
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "move") channel.open({ move: true });
    else void showLobby("");
  };
  dialog.showModal();
}

/** @param {string} problem */
async function showLobby(problem) {
  byId("returning").hidden = true;
  if (byId("lobby").hidden) await lobby.start(page.kept);
  lobby.refuse(problem);
}

/** @param {string} reason @param {string} [text] */
function end(reason, text = "") {
  if (!byId("goodbye").hidden) return;
  inCall = false;
  stopKeys();
  stopClock();
  panels?.close();
  call.stop();
  channel.close();
  byId("call").hidden = true;
  waiting.hide();
  byId("page-header").hidden = false;
  document.body.classList.remove("in-call");
  sayGoodbye(reason, text);
}

byId("rejoin").onclick = () => location.reload();
byId("copy-link").onclick = async () => {
  const copied = await copyText(location.href.split(/[?#]/)[0]);
  toast(copied ? gettext("The link was copied.") : location.href);
};
byId("open-devices").onclick = () => /** @type {HTMLDialogElement} */ (byId("devices-dialog")).showModal();
byId("open-shortcuts").onclick = () => /** @type {HTMLDialogElement} */ (byId("shortcuts-dialog")).showModal();
byId("full-screen").onclick = () =>
  void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());

const notices = byId("toggle-notices");
notices.setAttribute("aria-checked", String(noticesWanted()));
notices.onclick = () => {
  wantNotices(!noticesWanted());
  notices.setAttribute("aria-checked", String(noticesWanted()));
};

attachProblem(call, local);
new DeviceSelects(byId("devices-dialog"), local, (id) => call.useSpeaker(id));
const quality = /** @type {HTMLSelectElement} */ (byId("camera-quality"));
quality.value = local.choices.quality;
quality.onchange = () => void local.pickQuality(/** @type {any} */ (quality.value));

addEventListener("pagehide", () => {
  const [microphone, camera] = [local.wants("microphone"), local.wants("camera")];
  if (inCall || waiting.isShown) tab.set(resumeKey(), { connection: channel.connection, microphone, camera });
});
// A page that comes back from the browser's cache has lost its socket and its tracks.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

if (left) {
  byId("returning").hidden = false;
  const { microphone, camera } = left;
  await Promise.all([local.set("microphone", microphone), local.set("camera", camera)]);
  channel.open();
} else {
  await lobby.start(page.kept);
}

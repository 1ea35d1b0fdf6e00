/** People and chat beside the stage: one open at a time. */
import { byId } from "../call/dom.js";
import { notice } from "../call/toasts.js";
import { ChatPanel } from "../chat/panel.js";
import { Thread } from "../chat/thread.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { Socket } from "../protocol/socket.js";

const SHOWN = 80; // characters of a message in a notice

/** @typedef {import("../call/call.js").Call} Call */

/**
 * @param {Call} call
 * @param {import("../protocol/types.js").Joined} joined
 * @returns {{rejoined: () => void, close: () => void}}
 */
export function attachPanels(call, joined) {
  const people = attachPeople(call);
  const thread = new Thread(new Socket(`/ws/chat/${joined.snapshot.meeting.id}/`));
  const chat = new ChatPanel(byId("chat"), thread, {
    you: joined.you,
    files: `/chat/${joined.snapshot.meeting.id}/files/`,
    text: `/chat/${joined.snapshot.meeting.id}/text/`,
  });
  chat.onUnread = (unread) => {
    call.unread = unread;
    call.show();
  };
  chat.onToggle = (open) => {
    call.chatOpen = open;
    if (open) people.show(false);
    else byId("toggle-chat").focus();
    call.show();
  };
  call.on("chat", () => chat.toggle());
  call.on("people", () => {
    chat.close();
    people.show(!call.peopleOpen);
  });
  call.on("changed", () => {
    thread.setAllowed(call.roster.room?.allow_chat ?? true);
    thread.setHosting(call.hosting);
  });
  thread.on("message", ({ author, content }) => {
    if (!chat.isOpen) notice(interpolate(gettext("%(name)s: %(text)s"), { name: author.name, text: shorten(content) }));
  });
  thread.open();
  const close = () => {
    people.show(false);
    chat.close();
    thread.close();
  };
  return { rejoined: () => thread.open(), close };
}

/** @param {Call} call */
function attachPeople(call) {
  const panel = byId("people");
  /** @param {boolean} open */
  const show = (open) => {
    if (open === call.peopleOpen) return;
    panel.hidden = !open;
    call.peopleOpen = open;
    call.show();
    byId(open ? "close-people" : "toggle-people").focus();
  };
  byId("close-people").onclick = () => show(false);
  panel.addEventListener("keydown", ({ key }) => key === "Escape" && byId("close-people").click());
  return { show };
}

/** @param {string} text */
function shorten(text) {
  const letters = Array.from(text);
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : text;
}

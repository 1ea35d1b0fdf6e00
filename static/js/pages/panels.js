/** People and chat beside the stage: one open at a time. */
import { byId } from "../call/dom.js";
import { notice, toast } from "../call/toasts.js";
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
    thread.setRights(rightsIn(call));
    thread.setHosting(call.hosting);
    chat.setPeople(call.roster.people);
  });
  chat.setPeople(call.roster.people);
  thread.on("message", (message) => {
    if (!chat.isOpen) tell(message, joined.you);
  });
  thread.open();
  const close = () => {
    people.show(false);
    chat.close();
    thread.close();
  };
  return { rejoined: () => thread.open(), close };
}

/**
 * What may be written now, as the call hears it.
 * @param {Call} call
 * @returns {Partial<import("../chat/types.js").Rights>}
 */
function rightsIn(call) {
  /** @type {{room: Record<string, any> | null, meeting?: {suspended: boolean} | null}} */
  const { room, meeting } = call.roster;
  if (!room) return {};
  const switches = { allowed: room.allow_chat, files: room.allow_files, private: room.allow_private_messages };
  return meeting ? { ...switches, suspended: meeting.suspended } : switches;
}

/**
 * Who is named is told even where notices of messages are not wanted.
 * @param {import("../chat/types.js").Message} message
 * @param {string} you
 */
function tell({ author, to, content, mentions }, you) {
  const [name, text] = [author.name, shorten(content)];
  if (mentions.some(({ participant }) => participant === you)) {
    toast(interpolate(gettext("%(name)s mentioned you: %(text)s"), { name, text }));
  } else {
    const words = to ? gettext("%(name)s, privately: %(text)s") : gettext("%(name)s: %(text)s");
    notice(interpolate(words, { name, text }));
  }
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

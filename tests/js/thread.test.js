import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { rowsOf } from "../../static/js/chat/rows.js";
import { Thread } from "../../static/js/chat/thread.js";
import { Emitter } from "../../static/js/lib/emitter.js";
import { Refusal } from "../../static/js/protocol/refusal.js";

mock.timers.enable({ apis: ["setTimeout", "setInterval"] });

/** A socket whose other side is this test. */
class FakeWire extends Emitter {
  isOpen = true;
  /** @type {{type: string, fields: any}[]} */
  asked = [];
  /** @type {Record<string, (fields: any) => any>} */
  answers = {};

  open() {
    this.emit("open", undefined);
  }

  close() {}

  async ask(type, fields = {}) {
    this.asked.push({ type, fields });
    const answer = this.answers[type]?.(fields) ?? {};
    if (answer instanceof Refusal) throw answer;
    return answer;
  }

  sent() {
    return this.asked.filter(({ type }) => type === "message.send").map(({ fields }) => fields.content);
  }
}

const said = (number, content = `message ${number}`, more = {}) => ({
  id: `id-${number}`,
  number,
  type: "TEXT",
  content,
  author: { participant: "bob", name: "Bob" },
  client_id: `client-${number}`,
  at: "2026-01-02T10:00:00Z",
  edited_at: null,
  reply_to: null,
  reactions: [], file: null, to: null, mentions: [],
  ...more,
});
const posted = (number, ...rest) => ({ type: "message.posted", seq: number, message: said(number, ...rest) });
const settled = () => new Promise((done) => setImmediate(done));

async function joined(state = {}) {
  const wire = new FakeWire();
  wire.answers["thread.join"] = () => ({
    you: "me", renewal: 8, seq: 2, read: 0, allowed: true, more: false, messages: [said(1), said(2)], ...state,
  });
  let last = state.seq ?? 2;
  wire.answers["message.send"] = ({ client_id, content }) => {
    const message = said(++last, content, { client_id, author: { participant: "me", name: "Me" } });
    return { message };
  };
  const thread = new Thread(wire);
  thread.open();
  await settled();
  return { wire, thread };
}

const contents = (thread) => thread.messages.map(({ content }) => content);

test("joining shows what was said, and counts what others wrote as unread", async () => {
  const { thread } = await joined();
  assert.deepEqual(contents(thread), ["message 1", "message 2"]);
  assert.equal(thread.unread, 2);
  thread.markRead();
  assert.equal(thread.unread, 0);
});

test("several readings become one command", async () => {
  const { wire, thread } = await joined();
  thread.markRead();
  wire.emit("event", posted(3));
  thread.markRead();
  mock.timers.tick(1000);
  assert.deepEqual(wire.asked.filter(({ type }) => type === "thread.read"), [
    { type: "thread.read", fields: { number: 3 } },
  ]);
});

test("events out of order are put in order, and come once", async () => {
  const { wire, thread } = await joined();
  wire.emit("event", posted(4));
  assert.deepEqual(contents(thread), ["message 1", "message 2"]);
  wire.emit("event", posted(3));
  wire.emit("event", posted(3));
  assert.deepEqual(contents(thread), ["message 1", "message 2", "message 3", "message 4"]);
});

test("a gap is healed by asking again", async () => {
  const { wire, thread } = await joined();
  wire.answers["thread.resync"] = () => ({
    seq: 4, read: 0, allowed: true, more: false, messages: [1, 2, 3, 4].map((number) => said(number)),
  });
  wire.emit("event", posted(4));
  mock.timers.tick(500);
  await settled();
  assert.deepEqual(contents(thread), ["message 1", "message 2", "message 3", "message 4"]);
});

test("a lost last event is noticed when the connection is renewed", async () => {
  const { wire, thread } = await joined();
  wire.answers["connection.renew"] = () => ({ seq: 3 });
  wire.answers["thread.resync"] = () => ({
    seq: 3, read: 0, allowed: true, more: false, messages: [said(1), said(2), said(3)],
  });
  mock.timers.tick(8_000);
  await settled();
  mock.timers.tick(1_000);
  await settled();
  assert.deepEqual(contents(thread), ["message 1", "message 2", "message 3"]);
});

test("what others say privately is counted and leaves no gap", async () => {
  const { wire, thread } = await joined();
  wire.emit("event", { type: "thread.advanced", seq: 3 });
  wire.emit("event", posted(4));
  mock.timers.tick(1000);
  assert.deepEqual(contents(thread), ["message 1", "message 2", "message 4"]);
  assert.equal(wire.asked.some(({ type }) => type === "thread.resync"), false);
});

test("a private message says to whom, and whom it names, and stays so when it is tried again", async () => {
  const { wire, thread } = await joined();
  const gina = { participant: "gina", name: "Gina" };
  const send = wire.answers["message.send"];
  wire.answers["message.send"] = () => new Refusal("participant.not-found", "This person is not in the meeting.");
  thread.send("hello @Gina", { to: gina, mentions: [gina] });
  await settled();
  assert.equal(thread.drafts[0].problem, "This person is not in the meeting.");
  wire.answers["message.send"] = send;
  thread.retry(thread.drafts[0].clientId);
  await settled();
  const sent = wire.asked.filter(({ type }) => type === "message.send").map(({ fields }) => fields);
  assert.deepEqual(sent.map(({ to, mentions }) => [to, mentions]), [["gina", ["gina"]], ["gina", ["gina"]]]);
});

test("no more people are named than the server takes", async () => {
  const { wire, thread } = await joined();
  const crowd = Array.from({ length: 30 }, (_, number) => ({ participant: `p${number}`, name: `P${number}` }));
  await thread.edit("id-1", "all of you", crowd);
  assert.equal(wire.asked.at(-1).fields.mentions.length, 20);
});

test("a suspended meeting takes no messages, whatever its room allows", async () => {
  const { thread } = await joined({ suspended: true, allowed: false, files: true, private: true });
  assert.equal(thread.allowed, false);
  thread.setRights({ allowed: true, files: false });
  assert.equal(thread.allowed, false);
  thread.setRights({ suspended: false });
  assert.deepEqual([thread.allowed, thread.rights.files, thread.rights.private], [true, false, true]);
});

test("after a long absence nothing stands beside a hole", async () => {
  const { wire, thread } = await joined();
  wire.emit("down", undefined);
  wire.answers["thread.join"] = () => ({
    you: "me", renewal: 8, seq: 99, read: 0, allowed: true, more: true, messages: [said(98), said(99)],
  });
  wire.emit("open", undefined);
  await settled();
  assert.deepEqual(contents(thread), ["message 98", "message 99"]);
  assert.equal(thread.more, true);
  wire.answers["message.list"] = ({ before }) => ({ messages: [said(before - 1)], more: true });
  await thread.loadOlder();
  assert.deepEqual(contents(thread), ["message 97", "message 98", "message 99"]);
});

test("what was typed while the connection was down is sent in order when it is back, and shown once", async () => {
  const { wire, thread } = await joined();
  wire.emit("down", undefined);
  thread.send("first");
  thread.send("second");
  await settled();
  assert.deepEqual(wire.sent(), []);
  assert.equal(thread.drafts.length, 2);
  wire.emit("open", undefined);
  await settled();
  assert.deepEqual(wire.sent(), ["first", "second"]);
  assert.equal(thread.drafts.length, 0);
  assert.deepEqual(contents(thread).slice(2), ["first", "second"]);
  assert.equal(thread.unread, 2);
});

test("a message whose answer was lost is known again by its client_id", async () => {
  const { wire, thread } = await joined();
  wire.answers["message.send"] = () => new Refusal("socket.down", "");
  thread.send("hello");
  await settled();
  const [{ clientId }] = thread.drafts;
  wire.emit("event", posted(3, "hello", { client_id: clientId, author: { participant: "me", name: "Me" } }));
  assert.equal(thread.drafts.length, 0);
});

test("somebody else's message with the same client_id settles nothing", async () => {
  const { wire, thread } = await joined();
  wire.answers["message.send"] = () => new Refusal("socket.down", "");
  thread.send("hello");
  await settled();
  wire.emit("event", posted(3, "hello", { client_id: thread.drafts[0].clientId }));
  assert.equal(thread.drafts.length, 1);
});

test("a refused message says why, and may be tried again or given up", async () => {
  const { wire, thread } = await joined();
  const send = wire.answers["message.send"];
  wire.answers["message.send"] = () => new Refusal("chat.not-allowed", "The host has turned off chat.");
  thread.send("hello");
  await settled();
  assert.equal(thread.drafts[0].problem, "The host has turned off chat.");
  wire.answers["message.send"] = send;
  thread.retry(thread.drafts[0].clientId);
  await settled();
  assert.deepEqual(contents(thread).at(-1), "hello");
  assert.equal(thread.drafts.length, 0);
});

test("too often waits and tries again", async () => {
  const { wire, thread } = await joined();
  const send = wire.answers["message.send"];
  wire.answers["message.send"] = () => new Refusal("rate.exceeded", "");
  thread.send("hello");
  await settled();
  wire.answers["message.send"] = send;
  mock.timers.tick(1200);
  await settled();
  assert.deepEqual(wire.sent(), ["hello", "hello"]);
  assert.equal(thread.drafts.length, 0);
});

test("one person's messages stand together, apart from others, notes and other days", () => {
  const at = (minute) => new Date(2026, 0, 2, 10, minute).toISOString();
  const messages = [
    said(1, "a", { at: at(0) }),
    said(2, "b", { at: at(1) }),
    said(3, "joined", { at: at(2), type: "SYSTEM" }),
    said(4, "c", { at: at(3) }),
    said(5, "d", { at: at(20) }),
    said(6, "e", { at: at(21), author: { participant: "me", name: "Me" } }),
  ];
  const rows = rowsOf(messages, [], "me", new Date(2026, 0, 2, 12));
  assert.deepEqual(rows.map(({ first }) => first), [true, false, true, true, true, true]);
  assert.deepEqual(rows.map(({ mine }) => mine), [false, false, false, false, false, true]);
  assert.equal(rowsOf(messages, [], "me", new Date(2026, 0, 3))[0].kind, "day");
});

test("what is for others stands apart from what is for one", () => {
  const to = { participant: "me", name: "Me" };
  const rows = rowsOf([said(1), said(2, "b", { to }), said(3, "c", { to }), said(4)], [], "me", new Date("2026-01-02T12:00:00Z"));
  assert.deepEqual(rows.map(({ first }) => first), [true, true, false, true]);
});

test("it is known whom a message names, and whether it is this person", () => {
  const mentions = [{ participant: "me", name: "Me" }, { participant: "gina", name: "Gina" }];
  const [row] = rowsOf([said(1, "@Me @Gina", { mentions })], [], "me", new Date("2026-01-02T12:00:00Z"));
  assert.deepEqual([row.names, row.ownNames], [["Me", "Gina"], ["Me"]]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../static/js/chat/rows.js";
import { Timeline } from "../../static/js/chat/timeline.js";

const said = (number, more = {}) => ({
  id: `id-${number}`, number, type: "TEXT", content: `message ${number}`, client_id: `client-${number}`,
  author: { participant: "bob", name: "Bob" }, at: "2026-01-02T10:00:00Z", edited_at: null, reply_to: null, reactions: [], file: null, to: null, mentions: [], ...more,
});
const contents = ({ messages }) => messages.map(({ content }) => content);
const shown = (...numbers) => {
  const timeline = new Timeline();
  timeline.show({ messages: numbers.map((number) => said(number)), more: true });
  return timeline;
};

test("an edited message keeps its place, a deleted one is gone and does not come back", () => {
  const timeline = shown(5, 6, 7);
  timeline.replace(said(6, { content: "otherwise" }));
  timeline.remove("id-5");
  assert.deepEqual(contents(timeline), ["otherwise", "message 7"]);
  assert.equal(timeline.add(said(5)), false);
  assert.deepEqual(contents(timeline), ["otherwise", "message 7"]);
});

test("a page that was read before a change does not undo it", () => {
  const timeline = shown(5);
  timeline.replace(said(4, { content: "otherwise" }));
  timeline.remove("id-3");
  timeline.prepend({ messages: [said(3), said(4)], more: false });
  assert.deepEqual(contents(timeline), ["otherwise", "message 5"]);
});

test("after a change was missed, what was loaded before the latest page is asked for anew", () => {
  const timeline = shown(1, 2);
  timeline.show({ messages: [said(2), said(3)], more: true }, { whole: false });
  assert.deepEqual(contents(timeline), ["message 2", "message 3"]);
  assert.equal(timeline.more, true);
});

test("one edits one's own, deletes one's own, and hosts delete anybody's", () => {
  const messages = [said(1), said(2, { author: { participant: "me", name: "Me" } }), said(3, { type: "SYSTEM" })];
  const acts = (hosting) => rowsOf(messages, [], "me", new Date(), hosting).filter(({ id }) => id)
    .map((row) => row.acts.filter((act) => act === "edit" || act === "delete"));
  assert.deepEqual(acts(false), [[], ["edit", "delete"], []]);
  assert.deepEqual(acts(true), [["delete"], ["edit", "delete"], []]);
});

test("a quote follows its original and goes with it", () => {
  const timeline = shown(1);
  timeline.add(said(2, { reply_to: { id: "id-1", name: "Bob", text: "message 1" } }));
  timeline.replace(said(1, { content: "x".repeat(100) }));
  assert.equal(timeline.messages[1].reply_to.text, "x".repeat(80));
  timeline.remove("id-1");
  assert.equal(timeline.messages[0].reply_to, null);
});

test("reactions are summed, and one's own known", () => {
  const by = [{ participant: "bob", name: "Bob" }, { participant: "me", name: "Me" }];
  const rows = rowsOf([said(1, { reactions: [{ emoji: "👍", by }] })], [], "me", new Date("2026-01-02T10:00:00Z"));
  assert.deepEqual(rows[0].reactions, [{ emoji: "👍", count: 2, names: "Bob, Me", mine: true }]);
});

import assert from "node:assert/strict";
import { test, mock } from "node:test";

import { Sequence } from "../../static/js/protocol/sequence.js";

function sequence() {
  const applied = [];
  let resyncs = 0;
  const one = new Sequence((event) => applied.push(event.seq ?? event.type), () => resyncs++);
  one.start(10);
  return { one, applied, resyncs: () => resyncs };
}

test("events are applied once and in order", () => {
  const { one, applied } = sequence();
  for (const seq of [9, 10, 11, 13, 11, 12, 14]) one.take({ type: "x", seq });
  assert.deepEqual(applied, [11, 12, 13, 14]);
});

test("events without a number are applied at once", () => {
  const { one, applied } = sequence();
  one.take({ type: "x", seq: 12 });
  one.take({ type: "reaction.sent" });
  assert.deepEqual(applied, ["reaction.sent"]);
  one.stop();
});

test("a gap that stays asks for the state", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, applied, resyncs } = sequence();
  one.take({ type: "x", seq: 12 });
  assert.equal(resyncs(), 0);
  mock.timers.tick(500);
  assert.equal(resyncs(), 1);
  one.start(12);
  one.take({ type: "x", seq: 13 });
  assert.deepEqual(applied, [13]);
  mock.timers.reset();
});

test("a gap that closes asks for nothing", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, resyncs } = sequence();
  one.take({ type: "x", seq: 12 });
  one.take({ type: "x", seq: 11 });
  mock.timers.tick(500);
  assert.equal(resyncs(), 0);
  mock.timers.reset();
});

test("hearing how far the server is asks for what is missing", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, resyncs } = sequence();
  one.expect(10);
  mock.timers.tick(500);
  assert.equal(resyncs(), 0);
  one.expect(11);
  mock.timers.tick(500);
  assert.equal(resyncs(), 1);
  mock.timers.reset();
});

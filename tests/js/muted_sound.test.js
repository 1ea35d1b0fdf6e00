import assert from "node:assert/strict";
import { test } from "node:test";

import { MutedSound } from "../../static/js/media/levels.js";

const LOUD = 0.3;

/** Listens every 250 ms to what `levelAt` says, with packets as long as it says anything. */
function heard(levelAt, until) {
  const muted = new MutedSound();
  const said = [];
  let packet = 0;
  for (let now = 0; now <= until; now += 250) {
    const level = levelAt(now);
    if (level !== null) packet = now + 1;
    if (muted.listen(new Map([["gina", { level: level ?? LOUD, at: packet }]]), now).has("gina")) said.push(now);
  }
  return said;
}

test("sound that goes on after a mute is told", () => {
  assert.deepEqual(heard(() => LOUD, 3000), [2250, 2500, 2750, 3000]);
});

test("what ends while the mute is on its way is not", () => {
  assert.deepEqual(heard((now) => (now < 1500 ? LOUD : 0), 6000), []);
});

test("nor a level that is left over from the last packet", () => {
  assert.deepEqual(heard((now) => (now < 1500 ? LOUD : null), 6000), []);
});

test("nor silence that is sent", () => {
  assert.deepEqual(heard(() => 0.001, 6000), []);
});

test("it is told until a pause is longer than between words", () => {
  const said = heard((now) => (now <= 2500 ? LOUD : 0), 9000);
  assert.deepEqual([said[0], said.at(-1)], [2250, 5250]);
});

test("who is unmuted meanwhile begins anew", () => {
  const muted = new MutedSound();
  const listen = (now) => muted.listen(new Map([["gina", { level: LOUD, at: now }]]), now).has("gina");
  assert.deepEqual([0, 2500, 2750].map(listen), [false, true, true]);
  muted.listen(new Map(), 3000);
  assert.deepEqual([3250, 3500].map(listen), [false, false]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Roster } from "../../static/js/call/roster.js";

const person = (id, seq, more = {}) => ({
  id, name: id, role: "GUEST", avatar: "", microphone: false, camera: false, screen: false, hand: null, spotlight: false,
  connected: true, seq,
  ...more,
});

function roster() {
  const one = new Roster();
  one.replace({
    seq: 3,
    meeting: { id: "m", started_at: "2026-01-01T10:00:00Z", suspended: false, engine: "MESH", ends_at: null },
    room: { name: "Weekly", locked: false },
    participants: [person("gina", 2), person("alice", 1)],
  });
  return one;
}

test("people are listed in the order in which they came", () => {
  assert.deepEqual(roster().people.map(({ id }) => id), ["alice", "gina"]);
});

test("joining and leaving are told, a return is not", () => {
  const one = roster();
  const told = [];
  one.on("joined", ({ id }) => told.push(`+${id}`));
  one.on("left", ({ person: { id } }) => told.push(`-${id}`));
  one.apply({ type: "participant.joined", participant: person("bob", 4) });
  one.apply({ type: "participant.returned", participant: person("gina", 5) });
  one.apply({ type: "participant.left", participant: "bob", reason: "left" });
  assert.deepEqual(told, ["+bob", "-bob"]);
  assert.deepEqual(one.people.map(({ id }) => id), ["alice", "gina"]);
});

test("hands queue in the order in which they went up", () => {
  const one = roster();
  one.apply({ type: "hand.raised", participant: "gina", at: "2026-01-01T10:02:00Z" });
  one.apply({ type: "hand.raised", participant: "alice", at: "2026-01-01T10:01:00Z" });
  assert.deepEqual(one.hands.map(({ id }) => id), ["alice", "gina"]);
  one.apply({ type: "hand.lowered", participant: "alice" });
  assert.deepEqual(one.hands.map(({ id }) => id), ["gina"]);
});

test("events about somebody unknown change nothing", () => {
  const one = roster();
  one.apply({ type: "hand.raised", participant: "nobody", at: "2026-01-01T10:02:00Z" });
  one.apply({ type: "participant.dropped", participant: "nobody" });
  assert.equal(one.people.length, 2);
});

test("what holds for the meeting changes", () => {
  const one = roster();
  assert.equal(one.startedAt, Date.parse("2026-01-01T10:00:00Z"));
  one.apply({ type: "meeting.updated", meeting: { ...one.meeting, suspended: true } });
  assert.equal(one.meeting.suspended, true);
});

test("a change of somebody is told with what was before, a snapshot's is not", () => {
  const one = roster();
  const told = [];
  one.on("updated", ({ before, now }) => told.push(`${before.name} to ${now.name}`));
  one.apply({ type: "participant.updated", participant: person("gina", 2, { name: "Regina" }) });
  one.apply({ type: "participant.updated", participant: person("nobody", 9) });
  one.replace({ seq: 9, meeting: one.meeting, room: one.room, participants: [person("gina", 2)] });
  assert.deepEqual(told, ["gina to Regina"]);
});

test("a page knows whether its person hosts", () => {
  const one = roster();
  one.you = "alice";
  assert.equal(one.hosting, false);
  one.apply({ type: "participant.updated", participant: person("alice", 1, { role: "COHOST" }) });
  assert.equal(one.hosting, true);
});

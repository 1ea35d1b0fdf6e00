import assert from "node:assert/strict";
import { test } from "node:test";

import { deedsFor } from "../../static/js/call/deeds.js";

const person = (id, role, more = {}) => ({
  id, name: id, role, microphone: false, camera: false, screen: false, hand: null, spotlight: false, ...more,
});
const alice = person("alice", "HOST");
const bob = person("bob", "PARTICIPANT");
const gina = person("gina", "GUEST");
const room = { waiting_room: "OFF" };

test("who does not host may do nothing about anybody", () => {
  for (const subject of [alice, bob, gina]) assert.deepEqual(deedsFor({ person: subject, me: bob, room }), []);
});

test("the host does what applies", () => {
  const busy = person("gina", "GUEST", { microphone: true, camera: true, screen: true, hand: "2026-01-01T10:02:00Z" });
  const about = ["mute", "camera-off", "stop-share", "lower", "remove", "rename", "spotlight"];
  assert.deepEqual(deedsFor({ person: busy, me: alice, room }), about);
  assert.deepEqual(deedsFor({ person: gina, me: alice, room }), ["ask", "remove", "rename", "spotlight"]);
});

test("only the host says who else hosts, and only of people with an account", () => {
  const cohost = person("charlie", "COHOST");
  assert.deepEqual(deedsFor({ person: bob, me: alice, room }), ["ask", "make-cohost", "remove", "spotlight", "hand-over"]);
  assert.deepEqual(deedsFor({ person: cohost, me: alice, room }), ["ask", "revoke-cohost", "remove", "spotlight", "hand-over"]);
  assert.deepEqual(deedsFor({ person: bob, me: cohost, room }), ["ask", "remove", "spotlight"]);
});

test("nobody moderates the host or themselves, but anybody may be in the spotlight", () => {
  const cohost = person("charlie", "COHOST", { spotlight: true });
  assert.deepEqual(deedsFor({ person: alice, me: cohost, room }), ["spotlight"]);
  assert.deepEqual(deedsFor({ person: cohost, me: cohost, room }), ["clear-spotlight"]);
});

test("who would have waited can be sent back to waiting", () => {
  const sendable = (subject, waiting) =>
    deedsFor({ person: subject, me: alice, room: { waiting_room: waiting } }).includes("send-back");
  assert.deepEqual(["OFF", "GUESTS", "EVERYONE"].map((waiting) => sendable(gina, waiting)), [false, true, true]);
  assert.deepEqual(["OFF", "GUESTS", "EVERYONE"].map((waiting) => sendable(bob, waiting)), [false, false, true]);
  assert.equal(sendable(person("charlie", "COHOST"), "EVERYONE"), false);
});

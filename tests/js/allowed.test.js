import assert from "node:assert/strict";
import { test } from "node:test";

import { barred } from "../../static/js/call/allowed.js";

const room = { allow_unmute: true, allow_camera: true, allow_screen_share: true };
const nothing = { microphone: "", camera: "", screen: "", reactions: "" };

test("what the room allows is not barred", () => {
  assert.deepEqual(barred({ hosting: false, room, meeting: { suspended: false } }), nothing);
  assert.deepEqual(barred({ hosting: false, room: null, meeting: null }), nothing);
});

test("what the room does not allow is barred for who does not host", () => {
  const closed = { allow_unmute: false, allow_camera: false, allow_screen_share: false };
  assert.deepEqual(barred({ hosting: false, room: closed, meeting: { suspended: false } }), {
    microphone: "The host does not allow unmuting.",
    camera: "The host does not allow cameras.",
    screen: "The host does not allow screen sharing.",
    reactions: "",
  });
  assert.deepEqual(barred({ hosting: true, room: closed, meeting: { suspended: false } }), nothing);
});

test("while the meeting is suspended only hosts turn anything on", () => {
  const reasons = barred({ hosting: false, room, meeting: { suspended: true } });
  assert.deepEqual(new Set(Object.values(reasons)), new Set(["The host has suspended the meeting."]));
  assert.deepEqual(barred({ hosting: true, room, meeting: { suspended: true } }), nothing);
});

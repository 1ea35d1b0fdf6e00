import assert from "node:assert/strict";
import { test } from "node:test";

import { MeshEngine } from "../../static/js/media/mesh.js";
import { FakeLocal, FakeServer, connections, fakeBrowser, person } from "./wires.js";

const ALICE = person("alice", { seq: 1 });

function met(t) {
  const clock = fakeBrowser(t);
  const engine = new MeshEngine(new FakeLocal(), new FakeServer().ask);
  const failed = [];
  engine.on("failed", ({ participant }) => failed.push(participant));
  engine.connect({ you: "gina", iceServers: [], returned: false });
  engine.update([person("gina", { seq: 2 }), ALICE]);
  t.after(() => engine.close());
  return { clock, engine, failed };
}

test("a path that never comes has failed after fifteen seconds", async (t) => {
  const { clock, failed } = met(t);
  await clock.pass(14_900);
  assert.deepEqual(failed, []);
  connections[0].become("checking");
  await clock.pass(200);
  assert.deepEqual(failed, ["alice"]);
});

test("a path that was lost has failed after eight", async (t) => {
  const { clock, failed } = met(t);
  connections[0].become("connected");
  await clock.pass(20_000);
  connections[0].become("disconnected");
  await clock.pass(7900);
  assert.deepEqual(failed, []);
  await clock.pass(200);
  assert.deepEqual(failed, ["alice"]);
});

test("a path that comes back has not failed", async (t) => {
  const { clock, failed } = met(t);
  connections[0].become("disconnected");
  await clock.pass(5000);
  connections[0].become("connected");
  await clock.pass(30_000);
  assert.deepEqual(failed, []);
});

test("somebody who has dropped or left has not failed", async (t) => {
  const { clock, engine, failed } = met(t);
  engine.update([person("gina", { seq: 2 }), { ...ALICE, connected: false }]);
  await clock.pass(16_000);
  engine.update([person("gina", { seq: 2 })]);
  await clock.pass(60_000);
  assert.deepEqual(failed, []);
});

test("a connection made anew has all the time again", async (t) => {
  const { clock, engine, failed } = met(t);
  await clock.pass(10_000);
  engine.connect({ you: "gina", iceServers: [], returned: false });
  engine.update([person("gina", { seq: 2 }), ALICE]);
  await clock.pass(10_000);
  assert.deepEqual(failed, []);
});

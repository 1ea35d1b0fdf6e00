import assert from "node:assert/strict";
import { test } from "node:test";

import { Emitter } from "../../static/js/lib/emitter.js";
import { Engines } from "../../static/js/media/engines.js";
import { FakeLocal, FakeReceiver, FakeServer, fakeBrowser, person, settled } from "./wires.js";

const PLACE = { you: "gina", iceServers: [], returned: false };
const [gina, alice, bob] = ["gina", "alice", "bob"].map((id) => person(id));

class FakeEngine extends Emitter {
  places = [];
  people = [];
  events = [];
  published = [];
  receivers = new Map();
  isClosed = false;

  connect(place) {
    this.places.push(place);
  }
  update(people) {
    this.people = people.map(({ id }) => id);
  }
  publish(source) {
    this.published.push(source);
  }
  receiver(participant, source) {
    return this.receivers.get(`${participant} ${source}`) ?? null;
  }
  take({ type }) {
    this.events.push(type);
  }
  close() {
    this.isClosed = true;
  }
  /** Connected to somebody, with these sources. */
  brings(participant, ...sources) {
    for (const source of sources) {
      const receiver = new FakeReceiver(source);
      this.receivers.set(`${participant} ${source}`, receiver);
      this.emit("track", { participant, source, track: receiver.track });
    }
    this.emit("quality", { participant, link: "connected" });
  }
  plays(participant, source, at = 1) {
    this.receiver(participant, source).plays(at);
  }
}

function started(t, kind, people = [gina, alice]) {
  const clock = fakeBrowser(t);
  const server = new FakeServer();
  const made = { MESH: [], RELAY: [] };
  class Mesh extends FakeEngine {
    constructor() {
      super();
      made.MESH.push(this);
    }
  }
  class Relay extends FakeEngine {
    heights = [];
    constructor() {
      super();
      made.RELAY.push(this);
    }
    want(heights) {
      this.heights.push(heights);
    }
  }
  const local = new FakeLocal();
  const engines = new Engines(local, server.ask, { MESH: Mesh, RELAY: Relay });
  const shown = {};
  const changes = [];
  engines.on("track", ({ participant, source, track }) => {
    shown[`${participant} ${source}`] = track;
    changes.push(`${participant} ${source}`);
  });
  engines.connect(PLACE);
  engines.use(kind);
  engines.update(people);
  t.after(() => engines.close());
  const shows = (engine, participant, source) =>
    shown[`${participant} ${source}`] === engine.receiver(participant, source)?.track;
  return { clock, server, made, engines, shows, changes, local };
}

/** Gina sees Alice and Bob directly, and the meeting goes over to the relay. */
function handedOver(t) {
  const all = started(t, "MESH", [gina, alice, bob]);
  const [mesh] = all.made.MESH;
  for (const id of ["alice", "bob"]) mesh.brings(id, "microphone", "camera");
  all.engines.use("RELAY");
  all.engines.update([gina, alice, bob]);
  return { ...all, mesh, relay: all.made.RELAY[0] };
}

test("who comes to a meeting on the relay makes nothing direct", (t) => {
  const { made, engines } = started(t, "RELAY");
  assert.deepEqual([made.MESH.length, made.RELAY.length], [0, 1]);
  engines.take({ type: "offer" });
  engines.take({ type: "relay.offer" });
  assert.deepEqual(made.RELAY[0].events, ["relay.offer"]);
});

test("each source changes when the relay plays it, and once", async (t) => {
  const { clock, mesh, relay, shows, changes } = handedOver(t);
  relay.brings("alice", "microphone", "camera");
  changes.length = 0;
  await clock.pass(1000);
  assert.ok(shows(mesh, "alice", "microphone") && shows(mesh, "alice", "camera"));
  relay.plays("alice", "microphone");
  await clock.pass(150);
  assert.ok(shows(relay, "alice", "microphone") && shows(mesh, "alice", "camera"));
  relay.plays("alice", "camera");
  await clock.pass(150);
  assert.ok(shows(relay, "alice", "camera"));
  await clock.pass(3000);
  assert.deepEqual(changes, ["alice microphone", "alice camera"]);
});

test("what an m-line played for somebody else before does not count", async (t) => {
  const { clock, mesh, relay, shows } = handedOver(t);
  const receiver = new FakeReceiver("video");
  receiver.plays(7);
  relay.receivers.set("alice camera", receiver);
  relay.emit("track", { participant: "alice", source: "camera", track: receiver.track });
  await clock.pass(1000);
  assert.ok(shows(mesh, "alice", "camera"));
  receiver.plays(8);
  await clock.pass(150);
  assert.ok(shows(relay, "alice", "camera"));
});

test("a source that is silent changes five seconds after the relay is connected, if another plays", async (t) => {
  const { clock, mesh, relay, shows } = handedOver(t);
  relay.brings("alice", "microphone", "camera");
  relay.plays("alice", "camera");
  relay.emit("quality", { participant: "alice", link: "connecting" });
  await clock.pass(8000);
  assert.ok(shows(mesh, "alice", "microphone"));
  relay.emit("quality", { participant: "alice", link: "connected" });
  await clock.pass(4800);
  assert.ok(shows(mesh, "alice", "microphone"));
  await clock.pass(400);
  assert.ok(shows(relay, "alice", "microphone"));
});

test("of whom the relay brings nothing is heard directly for half a minute more", async (t) => {
  const { clock, mesh, relay, shows } = handedOver(t);
  for (const id of ["alice", "bob"]) relay.brings(id, "microphone", "camera");
  for (const source of ["microphone", "camera"]) relay.plays("alice", source);
  await clock.pass(29_000);
  assert.ok(shows(relay, "alice", "camera") && shows(mesh, "bob", "microphone") && shows(mesh, "bob", "camera"));
  assert.equal(mesh.isClosed, false);
  await clock.pass(1500);
  assert.ok(shows(relay, "bob", "microphone") && shows(relay, "bob", "camera"));
});

test("nobody waits for what is off", async (t) => {
  const { clock, mesh, relay, engines, shows } = handedOver(t);
  engines.update([gina, alice, person("bob", { microphone: false, camera: false })]);
  relay.brings("bob", "microphone", "camera");
  relay.brings("alice", "microphone");
  relay.plays("alice", "microphone");
  await clock.pass(5500);
  assert.equal(mesh.isClosed, true);
  assert.ok(shows(relay, "bob", "microphone") && shows(relay, "bob", "camera"));
});

test("what is turned on meanwhile is awaited like all else", async (t) => {
  const { clock, mesh, relay, engines, shows } = handedOver(t);
  engines.update([gina, alice, person("bob", { microphone: false, camera: false })]);
  for (const id of ["alice", "bob"]) relay.brings(id, "microphone");
  relay.plays("alice", "microphone");
  await clock.pass(1000);
  engines.update([gina, alice, person("bob", { microphone: true, camera: false })]);
  await clock.pass(10_000);
  assert.ok(shows(mesh, "bob", "microphone") && !mesh.isClosed);
  relay.plays("bob", "microphone");
  await clock.pass(5500);
  assert.ok(shows(relay, "bob", "microphone") && mesh.isClosed);
});

test("somebody who comes back after a drop is waited for again", async (t) => {
  const { clock, mesh, relay, engines, shows } = handedOver(t);
  for (const id of ["alice", "bob"]) relay.brings(id, "microphone");
  relay.plays("alice", "microphone");
  engines.update([gina, alice, person("bob", { connected: false })]);
  await clock.pass(500);
  engines.update([gina, alice, bob]);
  await clock.pass(10_000);
  assert.ok(shows(mesh, "bob", "microphone") && !mesh.isClosed);
});

test("the direct connections stay while nothing of one's own goes over the relay", async (t) => {
  const { clock, mesh, relay, engines } = handedOver(t);
  relay.isSending = false;
  engines.update([gina, ...["alice", "bob"].map((id) => person(id, { microphone: false, camera: false }))]);
  for (const id of ["alice", "bob"]) relay.emit("quality", { participant: id, link: "connected" });
  await clock.pass(10_000);
  assert.equal(mesh.isClosed, false);
  relay.isSending = true;
  await clock.pass(5500);
  assert.equal(mesh.isClosed, true);
});

test("where the direct path is lost the relay's track is taken at once", async (t) => {
  const { mesh, relay, shows } = handedOver(t);
  mesh.emit("quality", { participant: "alice", link: "lost" });
  relay.brings("alice", "camera");
  assert.ok(shows(relay, "alice", "camera"));
});

test("the direct connections are closed some seconds after everybody has changed over", async (t) => {
  const { clock, mesh, relay, engines } = handedOver(t);
  relay.brings("alice", "microphone");
  relay.plays("alice", "microphone");
  await clock.pass(20_000);
  assert.equal(mesh.isClosed, false);
  relay.brings("bob", "microphone");
  relay.plays("bob", "microphone");
  await clock.pass(4500);
  assert.equal(mesh.isClosed, false);
  await clock.pass(1000);
  assert.equal(mesh.isClosed, true);
  engines.take({ type: "offer" });
  assert.deepEqual(mesh.events, []);
});

test("somebody who has dropped, or has nothing to send, is not waited for", async (t) => {
  const { clock, mesh, relay, engines } = handedOver(t);
  engines.update([gina, person("alice", { connected: false }), bob]);
  relay.emit("quality", { participant: "bob", link: "connected" });
  await clock.pass(5200);
  assert.equal(mesh.isClosed, true);
});

test("what is sent goes both ways meanwhile, and signals find their engine", (t) => {
  const { mesh, relay, local, engines } = handedOver(t);
  local.set("camera", 720);
  assert.deepEqual([mesh.published, relay.published], [["camera"], ["camera"]]);
  engines.take({ type: "candidate" });
  engines.take({ type: "relay.reset" });
  assert.deepEqual([mesh.events, relay.events], [["candidate"], ["relay.reset"]]);
});

test("newcomers never hear of the engine that is left", (t) => {
  const { mesh, relay, engines } = handedOver(t);
  engines.update([gina, alice, bob, person("charlie")]);
  assert.deepEqual([mesh.people, relay.people.length], [["gina", "alice", "bob"], 4]);
});

test("a meeting that turns back goes on with what is still there", async (t) => {
  const { clock, mesh, relay, engines, made, shows } = handedOver(t);
  relay.brings("alice", "microphone");
  relay.brings("bob", "microphone");
  engines.use("MESH");
  engines.update([gina, alice, bob]);
  for (const id of ["alice", "bob"]) mesh.plays(id, "microphone");
  await clock.pass(12_000);
  assert.ok(shows(mesh, "alice", "microphone"));
  assert.deepEqual([made.MESH.length, mesh.isClosed, relay.isClosed], [1, false, true]);
});

test("a seat that was given up has only the engine of now", (t) => {
  const { mesh, relay, engines } = handedOver(t);
  engines.connect({ ...PLACE, returned: true });
  assert.deepEqual([mesh.isClosed, mesh.places.length, relay.places.length], [false, 2, 2]);
  engines.connect(PLACE);
  assert.deepEqual([mesh.isClosed, relay.places.length], [true, 3]);
});

test("an engine that begins in the middle finds no seat of its own", (t) => {
  const { made, engines } = started(t, "MESH");
  engines.connect({ ...PLACE, returned: true });
  engines.use("RELAY");
  assert.equal(made.RELAY[0].places[0].returned, false);
});

test("who leaves and comes back is shown again", (t) => {
  const { made, engines, changes } = started(t, "RELAY");
  made.RELAY[0].brings("alice", "camera");
  engines.update([gina]);
  engines.update([gina, alice]);
  const { track } = made.RELAY[0].receiver("alice", "camera");
  made.RELAY[0].emit("track", { participant: "alice", source: "camera", track });
  assert.deepEqual(changes, ["alice camera", "alice camera"]);
});

test("the server hears once of a path that fails, and again if it could not hear", async (t) => {
  const { made, server } = started(t, "MESH");
  const fails = async () => {
    made.MESH[0].emit("failed", { participant: "alice" });
    await settled();
  };
  server.refusals["mesh.failed"] = "socket.down";
  await fails();
  delete server.refusals["mesh.failed"];
  await fails();
  await fails();
  assert.deepEqual(server.asked, Array(2).fill(["mesh.failed", { participant: "alice" }]));
});

test("wishes reach a relay that starts later; speakers are the word of the relay in use", (t) => {
  const { made, engines } = started(t, "MESH");
  const speakers = [];
  engines.on("speaker", (speaker) => speakers.push(speaker));
  engines.want({ "alice/camera": 360 });
  engines.use("RELAY");
  const [relay] = made.RELAY;
  assert.deepEqual(relay.heights, [{ "alice/camera": 360 }]);
  relay.emit("speaker", "alice");
  engines.use("MESH");
  relay.emit("speaker", null);
  assert.deepEqual(speakers, ["alice"]);
});

test("nothing is heard after closing", (t) => {
  const { mesh, relay, engines, local } = handedOver(t);
  engines.close();
  local.set("camera", 720);
  assert.deepEqual([mesh.isClosed, relay.isClosed, mesh.published, relay.published], [true, true, [], []]);
});

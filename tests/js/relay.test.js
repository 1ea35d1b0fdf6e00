import assert from "node:assert/strict";
import { test } from "node:test";

import { RelayEngine } from "../../static/js/media/relay.js";
import { arrange } from "../../static/js/media/uplink.js";
import { FakeLocal, FakeServer, connections, fakeBrowser, person, settled } from "./wires.js";

const PLACE = { you: "gina", iceServers: [], returned: false };
const [gina, alice, bob] = ["gina", "alice", "bob"].map((id) => person(id));

async function entered(t, place = PLACE, local = new FakeLocal()) {
  const clock = fakeBrowser(t);
  const server = new FakeServer();
  const engine = new RelayEngine(local, server.ask);
  const told = [];
  engine.on("track", ({ participant, source, track }) => told.push(`${participant} ${source} ${track ? "+" : "-"}`));
  const links = {};
  engine.on("quality", ({ participant, link }) => (links[participant] = link));
  t.after(() => engine.close());
  engine.connect(place);
  engine.update([gina, alice, bob]);
  await settled();
  return { clock, server, engine, told, links, local };
}

let lastVersion = 0;

/** An offer with these m-lines: "mid participant source". */
function offer(engine, ...lines) {
  const tracks = lines.map((line) => line.split(" ")).map(([mid, participant, source]) => ({ mid, participant, source }));
  const sdp = tracks.map(({ mid }) => `a=mid:${mid}\r\n`).join("");
  engine.take({ type: "relay.offer", version: ++lastVersion, sdp, tracks });
  return settled();
}

test("it enters, and then offers all four sources in their order, once", async (t) => {
  const { server } = await entered(t);
  assert.deepEqual(server.asked[0], ["relay.enter", {}]);
  const [command, { mids }] = server.asked[1];
  assert.equal(command, "relay.publish");
  assert.deepEqual(mids, { 0: "microphone", 1: "camera", 2: "screen", 3: "screen-audio" });
  assert.deepEqual(connections[0].transceivers.map(({ direction }) => direction), Array(4).fill("sendonly"));
  assert.equal(connections[0].remoteDescription.sdp, "answer");
});

test("muting and switching replace tracks and never negotiate", async (t) => {
  const { server, engine, local } = await entered(t);
  server.heard();
  local.set("microphone");
  engine.publish("microphone");
  await settled();
  assert.equal(connections[0].transceivers[0].sender.track.source, "microphone");
  local.set("microphone", null);
  engine.publish("microphone");
  await settled();
  assert.equal(connections[0].transceivers[0].sender.track, null);
  assert.deepEqual(server.heard(), []);
});

test("only encodings that somebody watches are made, also by a link made anew", async (t) => {
  const { engine, clock } = await entered(t);
  const camera = (link) => connections[link].transceivers[1].sender;
  assert.deepEqual(camera(0).active, ["q", "h", "f"]);
  engine.take({ type: "relay.layers", source: "camera", rids: ["q", "h"] });
  await settled();
  assert.deepEqual(camera(0).active, ["q", "h"]);
  for (let time = 0; time < 3; time++) connections[0].become("failed");
  await clock.pass(50);
  assert.deepEqual(camera(2).active, ["q", "h"]);
  engine.take({ type: "relay.layers", source: "screen", rids: [] });
  await settled();
  assert.deepEqual(connections[2].transceivers[2].sender.active, []);
});

test("a browser that is busy gets the layers after the negotiation", async (t) => {
  const { engine } = await entered(t);
  const { sender } = connections[0].transceivers[1];
  sender.refuses = true;
  engine.take({ type: "relay.layers", source: "camera", rids: ["q"] });
  await settled();
  sender.refuses = false;
  connections[0].become("failed");
  await settled();
  assert.deepEqual(sender.active, ["q"]);
});

test("a small camera is not made smaller, and stands for larger sizes", () => {
  const encodings = () => ["q", "h", "f"].map((rid) => ({ rid }));
  const sent = (rids, pixels) => {
    const made = encodings();
    arrange(made, rids, pixels);
    return made.filter(({ active }) => active).map(({ rid, scaleResolutionDownBy }) => `${rid}/${scaleResolutionDownBy}`);
  };
  assert.deepEqual(sent(undefined, 1280 * 720), ["q/4", "h/2", "f/1"]);
  assert.deepEqual(sent(undefined, 640 * 360), ["q/2", "h/1"]);
  assert.deepEqual(sent(undefined, 320 * 180), ["q/1"]);
  assert.deepEqual(sent(["f"], 640 * 360), ["h/1"]);
  assert.deepEqual(sent(["q"], 640 * 360), ["q/2"]);
  assert.deepEqual(sent([], 320 * 180), []);
});

test("offers are answered one after the other, with what the relay cannot know", async (t) => {
  const { server, engine } = await entered(t);
  server.asked = [];
  void offer(engine, "0 alice microphone");
  await offer(engine, "0 alice microphone", "1 alice camera");
  await settled();
  const identity = { fingerprint: "sha-256 AB:CD", ufrag: "frag" };
  assert.deepEqual(server.asked, [
    ["relay.accept", { version: lastVersion - 1, ...identity }],
    ["relay.accept", { version: lastVersion, ...identity }],
  ]);
  assert.deepEqual(connections[1].done, ["remote offer", "answer", "remote offer", "answer"]);
});

test("an m-line that goes to somebody else is told of both", async (t) => {
  const { engine, told } = await entered(t);
  await offer(engine, "0 alice microphone", "1 alice camera");
  await offer(engine, "0 alice microphone", "1 bob camera");
  assert.deepEqual(told, ["alice microphone +", "alice camera +", "alice camera -", "bob camera +"]);
  assert.equal(engine.receiver("bob", "camera"), connections[1].transceivers[1].receiver);
  assert.equal(engine.receiver("alice", "camera"), null);
});

test("nothing is told of who has left; who comes back is told anew", async (t) => {
  const { engine, told } = await entered(t);
  engine.update([gina, alice]);
  await offer(engine, "0 alice microphone", "1 bob microphone");
  assert.deepEqual(told, ["alice microphone +"]);
  engine.update([gina, alice, bob]);
  assert.deepEqual(told.slice(1), ["bob microphone +"]);
  engine.update([gina, alice]);
  engine.update([gina, alice, bob]);
  assert.deepEqual(told.slice(2), ["bob microphone +"]);
});

test("people are connecting until the relay brings them; who sends nothing is not waited for", async (t) => {
  const { engine, links } = await entered(t);
  engine.update([gina, alice, person("bob", { microphone: false, camera: false })]);
  assert.deepEqual(links, { alice: "connecting", bob: "connected" });
  await offer(engine, "0 alice microphone");
  assert.equal(links.alice, "connecting");
  connections[1].become("connected");
  assert.equal(links.alice, "connected");
  connections[1].become("disconnected");
  assert.equal(links.alice, "lost");
});

test("an uplink that is lost restarts ICE after a while, and at the third time is made anew", async (t) => {
  const { server, engine, clock } = await entered(t);
  await offer(engine, "0 alice microphone", "1 bob microphone");
  server.heard();
  connections[0].become("disconnected");
  await clock.pass(3900);
  assert.deepEqual([connections[0].restarts, server.heard()], [0, []]);
  await clock.pass(200);
  assert.equal(connections[0].restarts, 1);
  assert.equal(server.heard()[0], "relay.publish");
  connections[0].become("failed");
  await settled();
  assert.deepEqual([connections[0].restarts, connections[0].isClosed], [2, false]);
  connections[0].become("failed");
  await settled();
  assert.deepEqual([connections[0].isClosed, connections.length], [true, 3]);
  assert.equal(connections[2].remoteDescription.sdp, "answer");
});

test("a downlink that is lost is offered anew, and at the third time made anew", async (t) => {
  const { server, engine } = await entered(t);
  await offer(engine, "0 alice microphone", "1 bob microphone");
  server.heard();
  connections[1].become("failed");
  connections[1].become("failed");
  assert.deepEqual(server.heard(), ["relay.restart", "relay.restart"]);
  connections[1].become("failed");
  assert.deepEqual([server.heard(), connections[1].isClosed, connections[2].isClosed], [["relay.restart"], true, false]);
  await offer(engine, "0 alice microphone");
  assert.equal(engine.receiver("alice", "microphone"), connections[2].transceivers[0].receiver);
});

test("a link that the relay has given up is made anew", async (t) => {
  const { server, engine } = await entered(t);
  server.heard();
  engine.take({ type: "relay.link", link: "downlink", state: "connected" });
  engine.take({ type: "relay.link", link: "downlink", state: "lost" });
  assert.deepEqual([server.heard(), connections[1].isClosed], [["relay.restart"], true]);
  engine.take({ type: "relay.link", link: "uplink", state: "lost" });
  await settled();
  assert.deepEqual([server.heard(), connections[0].isClosed, connections.length], [["relay.publish"], true, 4]);
});

test("an offer that cannot be applied makes a new downlink", async (t) => {
  const { server, engine, clock } = await entered(t);
  server.heard();
  engine.take({ type: "relay.offer", version: 1, sdp: "broken", tracks: [] });
  await settled();
  assert.equal(connections[1].isClosed, true);
  await clock.pass(300);
  assert.deepEqual(server.heard(), ["relay.enter", "relay.restart", "relay.want"]);
  assert.equal(connections.length, 3);
});

test("when the worker is lost both links go, and it enters again", async (t) => {
  const { server, engine, clock, told, links } = await entered(t);
  await offer(engine, "0 alice microphone");
  connections[1].become("connected");
  server.heard();
  engine.take({ type: "relay.reset" });
  assert.deepEqual(connections.map(({ isClosed }) => isClosed), [true, true]);
  assert.deepEqual([told.at(-1), links.alice], ["alice microphone -", "connecting"]);
  await clock.pass(300);
  assert.deepEqual(server.heard(), ["relay.enter", "relay.publish", "relay.want"]);
  assert.equal(connections.length, 4);
});

test("an unavailable relay is asked again, less and less often", async (t) => {
  const { server, engine, clock } = await entered(t);
  server.refusals["relay.enter"] = "relay.unavailable";
  engine.take({ type: "relay.reset" });
  server.heard();
  await clock.pass(4000);
  const early = server.heard().filter((type) => type === "relay.enter").length;
  await clock.pass(4000);
  const late = server.heard().filter((type) => type === "relay.enter").length;
  assert.ok(early >= 4 && early <= 6 && late <= 2, `${early}, ${late}`);
  delete server.refusals["relay.enter"];
  await clock.pass(8000);
  assert.ok(server.heard().includes("relay.publish"));
});

test("a meeting that is not on the relay is not asked about again", async (t) => {
  const { server, engine, clock } = await entered(t);
  server.refusals["relay.enter"] = "relay.not-used";
  engine.take({ type: "relay.reset" });
  server.heard();
  await clock.pass(3000);
  assert.deepEqual(server.heard().filter((type) => type === "relay.enter"), ["relay.enter"]);
});

test("a description that is refused leads to another connection", async (t) => {
  const clock = fakeBrowser(t);
  const server = new FakeServer();
  const engine = new RelayEngine(new FakeLocal(), server.ask);
  t.after(() => engine.close());
  server.refusals["relay.publish"] = "sdp.malformed";
  engine.connect(PLACE);
  await settled();
  assert.equal(connections[0].isClosed, true);
  delete server.refusals["relay.publish"];
  await clock.pass(300);
  assert.equal(connections[2].remoteDescription.sdp, "answer");
});

test("a worker that has forgotten the seat gets everything anew", async (t) => {
  const { server, clock } = await entered(t);
  server.refusals["relay.publish"] = "seat.unknown";
  connections[0].become("failed");
  await settled();
  assert.equal(connections[0].isClosed, true);
  delete server.refusals["relay.publish"];
  server.heard();
  await clock.pass(300);
  assert.deepEqual(server.heard().filter((type) => type !== "relay.restart"), ["relay.enter", "relay.publish", "relay.want"]);
  assert.equal(console.warn.mock.callCount(), 0);
});

test("after a drop it goes on with its links, unless the seat was given up", async (t) => {
  const { server, engine } = await entered(t);
  await offer(engine, "0 alice microphone", "1 bob microphone");
  connections[1].become("connected");
  server.heard();
  engine.connect({ ...PLACE, returned: true });
  await settled();
  assert.deepEqual([server.heard(), connections.length], [["relay.enter", "relay.want"], 2]);
  engine.connect(PLACE);
  await settled();
  assert.deepEqual(connections.map(({ isClosed }) => isClosed), [true, true, false, false]);
  assert.deepEqual(server.heard(), ["relay.enter", "relay.publish", "relay.want"]);
});

test("an offer whose answer was lost with the socket is made again", async (t) => {
  const clock = fakeBrowser(t);
  const server = new FakeServer();
  const engine = new RelayEngine(new FakeLocal(), server.ask);
  t.after(() => engine.close());
  server.refusals["relay.publish"] = "socket.down";
  engine.connect(PLACE);
  await clock.pass(3000);
  assert.deepEqual(server.heard(), ["relay.enter", "relay.publish"]);
  delete server.refusals["relay.publish"];
  engine.connect({ ...PLACE, returned: true });
  await settled();
  assert.equal(connections[0].remoteDescription.sdp, "answer");
});

test("a page that finds its seat held asks for a downlink of its own", async (t) => {
  const { server } = await entered(t, { ...PLACE, returned: true });
  assert.deepEqual(server.heard().slice(0, 3), ["relay.enter", "relay.restart", "relay.publish"]);
});

test("somebody who sends and is not offered is asked for, less and less often", async (t) => {
  const { server, engine, clock } = await entered(t);
  await offer(engine, "0 alice microphone");
  server.heard();
  await clock.pass(3800);
  assert.deepEqual(server.heard(), []);
  await clock.pass(400);
  assert.deepEqual(server.heard(), ["relay.restart"]);
  await clock.pass(7000);
  assert.deepEqual(server.heard(), []);
  await clock.pass(2000);
  assert.deepEqual(server.heard(), ["relay.restart"]);
  await offer(engine, "0 alice microphone", "1 bob microphone");
  server.heard();
  await clock.pass(60_000);
  assert.deepEqual(server.heard(), []);
});

test("wishes are told when they change, and five times a second at most", async (t) => {
  const { server, engine, clock } = await entered(t);
  await clock.pass(300);
  server.asked = [];
  engine.want({ "alice/camera": 180, "bob/camera": 0 });
  for (let height = 200; height <= 240; height += 10) engine.want({ "alice/camera": height });
  assert.deepEqual(server.asked, [["relay.want", { heights: { "alice/camera": 180 } }]]);
  await clock.pass(250);
  assert.deepEqual(server.asked[1], ["relay.want", { heights: { "alice/camera": 240 } }]);
  engine.want({ "alice/camera": 240 });
  await clock.pass(250);
  assert.equal(server.asked.length, 2);
});

test("nothing happens any more after closing", async (t) => {
  const { server, engine, clock } = await entered(t);
  engine.take({ type: "relay.reset" });
  engine.close();
  server.heard();
  await clock.pass(60_000);
  assert.deepEqual(server.heard(), []);
});

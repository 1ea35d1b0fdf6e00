/** Stand-ins for what a browser and a server do, so that tests decide when it happens. */
import { mock } from "node:test";

import { Emitter } from "../../static/js/lib/emitter.js";

/** Every connection that was made since `fakeBrowser()`. @type {FakeConnection[]} */
export let connections = [];

export class FakeReceiver {
  sources = [];
  constructor(kind) {
    this.track = { kind };
  }
  getSynchronizationSources() {
    return this.sources;
  }
  /** Sound or a picture came out of the decoder. */
  plays(at = 1) {
    this.sources = [{ timestamp: at }];
  }
}

class FakeSender {
  track = null;
  constructor(encodings) {
    this.encodings = encodings ?? [{}];
  }
  async replaceTrack(track) {
    this.track = track;
  }
  getParameters() {
    return structuredClone({ encodings: this.encodings });
  }
  async setParameters({ encodings }) {
    if (this.refuses) throw new DOMException("In the middle of something.", "InvalidStateError");
    this.encodings = encodings;
  }
  get active() {
    return this.encodings.filter(({ active }) => active).map(({ rid }) => rid ?? "");
  }
}

export class FakeConnection {
  signalingState = "stable";
  iceConnectionState = "new";
  localDescription = null;
  remoteDescription = null;
  restarts = 0;
  offers = 0;
  transceivers = [];
  done = [];
  applied = 0;

  constructor() {
    connections.push(this);
  }
  addTransceiver(kind, { direction, sendEncodings } = {}) {
    const mid = String(this.transceivers.length);
    const transceiver = { mid, direction, sender: new FakeSender(sendEncodings), receiver: new FakeReceiver(kind) };
    this.transceivers.push(transceiver);
    return transceiver;
  }
  getTransceivers() {
    return this.transceivers;
  }
  async setLocalDescription() {
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.done.push(type);
    if (type === "offer") this.offers++;
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.localDescription = { type, sdp: `${type} ${this.offers}\r\na=ice-ufrag:frag\r\na=fingerprint:sha-256 AB:CD\r\n` };
  }
  async setRemoteDescription({ type, sdp }) {
    if (sdp.includes("broken") || this.signalingState === "closed") throw new DOMException("No.", "InvalidAccessError");
    await turns(this.applied++ ? 1 : 3); // the first takes longest
    this.done.push(`remote ${type}`);
    this.remoteDescription = { type, sdp };
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    const mids = [...sdp.matchAll(/a=mid:(\w+)/g)].map(([, mid]) => mid);
    for (const mid of mids) if (!this.transceivers.some((one) => one.mid === mid)) this.addTransceiver("video").mid = mid;
  }
  restartIce() {
    this.restarts++;
  }
  close() {
    this.signalingState = "closed";
  }
  get isClosed() {
    return this.signalingState === "closed";
  }
  /** @param {RTCIceConnectionState} state */
  become(state) {
    this.iceConnectionState = state;
    this.oniceconnectionstatechange?.();
  }
}

/** Connections, timers and the clock are the test's until it ends. */
export function fakeBrowser(t) {
  connections = [];
  globalThis.RTCPeerConnection = FakeConnection;
  globalThis.RTCSessionDescription ??= class {};
  globalThis.RTCRtpSender = { getCapabilities: () => ({ codecs: [] }) };
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  t.mock.method(console, "warn", () => undefined);
  t.after(() => mock.timers.reset());
  return {
    /** @param {number} milliseconds */
    async pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 50) {
        now += Math.min(50, left);
        mock.timers.tick(Math.min(50, left));
        await settled();
      }
    },
  };
}

/** All that could be done without waiting is done. */
export function settled() {
  return turns(8);
}

/** @param {number} count of the event loop */
async function turns(count) {
  for (let turn = 0; turn < count; turn++) await new Promise((done) => setImmediate(done));
}

export class FakeLocal extends Emitter {
  tracks = {};
  track(source) {
    return this.tracks[source] ?? null;
  }
  /** @param {number} height of a picture; without one it is sound */
  set(source, height) {
    const size = height && { width: (height * 16) / 9, height };
    this.tracks[source] = height === null ? null : { source, getSettings: () => size ?? {} };
    this.emit("track", { source, track: this.tracks[source] });
  }
}

/** A server that answers as it is told, and remembers what was asked. */
export class FakeServer {
  asked = [];
  refusals = {};
  answers = { "relay.publish": { sdp: "answer" } };
  ask = async (type, fields) => {
    this.asked.push([type, fields]);
    const code = this.refusals[type];
    if (code) throw Object.assign(new Error(code), { code });
    return this.answers[type] ?? {};
  };
  /** What was asked since the last look. */
  heard() {
    return this.asked.splice(0).map(([type]) => type);
  }
}

export const person = (id, more = {}) => ({
  id, name: id, seq: 1, microphone: true, camera: true, screen: false, connected: true, ...more,
});

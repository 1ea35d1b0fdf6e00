/**
 * What this page sends to the relay: one connection with an m-line for each source, made once. Muting, switching and
 * sharing replace a sender's track; only a lost path is negotiated anew.
 */
import { LinkWatch } from "./link.js";
import { SOURCES, kindOf } from "./sources.js";

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./link.js").Link} Link
 * @typedef {(sdp: string, mids: Record<string, Source>) => Promise<string>} Publish gives the relay's answer
 */

/** The camera's sizes, small to large. How many are sent depends on the camera. */
const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const PIXELS = [480 * 270, 960 * 540]; // from which on a picture has two sizes, and three: Chromium's own limits
const SCREEN = [{ maxBitrate: 1_500_000 }];
/** Sound goes twice (RED, RFC 2198): a receiver who lost a packet has it in the next, and need not ask. */
const PREFERRED = {
  audio: ["audio/red", "audio/opus"],
  video: ["video/VP8", "video/rtx", "video/H264"],
};

export class Uplink {
  #connection;
  #watch;
  #track;
  #publish;
  #negotiating = Promise.resolve();
  #tuning = Promise.resolve();
  /** @type {Map<Source, string[]>} */
  #layers = new Map();

  /**
   * @param {Object} options
   * @param {RTCIceServer[]} options.iceServers
   * @param {(source: Source) => MediaStreamTrack | null} options.track what is sent now
   * @param {Publish} options.publish
   * @param {(link: Link) => void} options.link
   * @param {() => void} options.mend
   */
  constructor({ iceServers, track, publish, link, mend }) {
    this.#track = track;
    this.#publish = publish;
    this.#connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.#watch = new LinkWatch(this.#connection, link, mend);
    for (const source of SOURCES) {
      this.#add(source);
      void this.send(source);
    }
  }

  /** Whether the relay has answered what was offered last. */
  get isSettled() {
    return this.#connection.signalingState === "stable" && this.#connection.remoteDescription !== null;
  }

  /** @param {Source} source */
  async send(source) {
    await this.#sender(source).replaceTrack(this.#track(source)).catch(() => undefined); // closed meanwhile
    this.#tune(source);
  }

  /** Only what somebody watches is encoded. @param {Source} source @param {string[]} rids */
  setLayers(source, rids) {
    this.#layers.set(source, rids);
    this.#tune(source);
  }

  /** One negotiation after the other: offers, and takes the relay's answer. */
  publish() {
    this.#negotiating = this.#negotiating.catch(() => undefined).then(() => this.#negotiate());
    return this.#negotiating;
  }

  stats() {
    return this.#connection.getStats();
  }

  restartIce() {
    this.#connection.restartIce();
  }

  close() {
    this.#watch.stop();
    this.#connection.close();
  }

  /** @param {Source} source */
  #add(source) {
    const video = { camera: LAYERS, screen: SCREEN }[/** @type {string} */ (source)];
    const kind = kindOf(source);
    const transceiver = this.#connection.addTransceiver(kind, {
      direction: "sendonly",
      ...(video && { sendEncodings: video.map((layer) => ({ ...layer })) }),
    });
    const codecs = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
    const preferred = PREFERRED[kind].flatMap((name) => codecs.filter(({ mimeType }) => mimeType === name));
    transceiver.setCodecPreferences?.(preferred);
  }

  async #negotiate() {
    const connection = this.#connection;
    await connection.setLocalDescription();
    const lines = connection.getTransceivers().map(({ mid }, line) => [mid, SOURCES[line]]);
    const sdp = await this.#publish(connection.localDescription?.sdp ?? "", Object.fromEntries(lines));
    await connection.setRemoteDescription({ type: "answer", sdp });
    this.#tune("camera"); // what was set between two descriptions may be lost
    this.#tune("screen");
  }

  /** @param {Source} source */
  #sender(source) {
    return this.#connection.getTransceivers()[SOURCES.indexOf(source)].sender;
  }

  /** @param {Source} source */
  #tune(source) {
    if (kindOf(source) === "audio") return;
    this.#tuning = this.#tuning.then(async () => {
      const sender = this.#sender(source);
      const parameters = sender.getParameters();
      if (!parameters.encodings?.length) return;
      arrange(parameters.encodings, this.#layers.get(source), pixelsOf(this.#track(source)));
      await sender.setParameters(parameters);
    }).catch(() => undefined); // in the middle of a negotiation, after which it is set again
  }
}

/**
 * Small pictures are not made smaller still: a browser would send a few lines, and nothing as large as the camera.
 * @param {RTCRtpEncodingParameters[]} encodings small to large
 * @param {string[] | undefined} rids wished by the relay; of one that is too large for the camera the largest there is
 * @param {number} pixels of the camera's picture
 */
export function arrange(encodings, rids, pixels) {
  const largest = Math.min(PIXELS.filter((limit) => pixels >= limit).length, encodings.length - 1);
  const wishes = encodings.map(({ rid }) => !rids || (rid ? rids.includes(rid) : rids.length > 0));
  encodings.forEach((encoding, place) => {
    encoding.active = place < largest ? wishes[place] : place === largest && wishes.slice(place).includes(true);
    if (encoding.rid) encoding.scaleResolutionDownBy = 2 ** Math.max(0, largest - place);
  });
}

/** @param {MediaStreamTrack | null} track */
function pixelsOf(track) {
  const { width = Infinity, height = Infinity } = track?.getSettings() ?? {};
  return width * height;
}

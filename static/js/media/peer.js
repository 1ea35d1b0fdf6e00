/**
 * One other browser: perfect negotiation (W3C WebRTC §10.7) over a fixed set of m-lines, one for each source.
 *
 * Muting, switching and sharing replace a sender's track and never negotiate. What arrives is handled one by one: a
 * candidate that is looked at while an offer is still being applied would be judged by the wrong state.
 */
import { Emitter } from "../lib/emitter.js";
import { LinkWatch } from "./link.js";
import { SOURCES, kindOf } from "./sources.js";

const ANSWERING = 8000; // milliseconds without an answer until the offer is sent again

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {{type: "offer" | "answer", sdp: string} | {type: "candidate", candidate: RTCIceCandidateInit | null}} Signal
 * @typedef {import("./link.js").Link} Link
 */

/** @extends {Emitter<{signal: Signal, track: {source: Source, track: MediaStreamTrack}, link: Link}>} */
export class Peer extends Emitter {
  #connection;
  #watch;
  #polite;
  #offering = false;
  #ignoring = false;
  #answering = false;
  #closed = false;
  #inbox = Promise.resolve();
  #resending = 0;
  #track;
  #maxBitrate = 0;

  /**
   * @param {Object} options
   * @param {string} options.session names this peer connection to both ends
   * @param {boolean} options.offers whether this end makes the first offer; it is the impolite one
   * @param {RTCIceServer[]} options.iceServers
   * @param {(source: Source) => MediaStreamTrack | null} options.track what is sent now
   */
  constructor({ session, offers, iceServers, track }) {
    super();
    this.session = session;
    this.#polite = !offers;
    this.#track = track;
    const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this.#connection = connection;
    connection.onnegotiationneeded = () => void this.#offer();
    connection.onicecandidate = ({ candidate }) =>
      this.emit("signal", { type: "candidate", candidate: candidate?.toJSON() ?? null });
    connection.ontrack = ({ transceiver, track: received }) =>
      this.emit("track", { source: this.#sourceOf(transceiver), track: received });
    this.#watch = new LinkWatch(connection, (link) => this.emit("link", link), () => connection.restartIce());
    if (offers) {
      for (const source of SOURCES) {
        const transceiver = connection.addTransceiver(kindOf(source), { direction: "sendrecv" });
        void transceiver.sender.replaceTrack(track(source));
      }
    }
  }

  /** @param {Source} source */
  receiver(source) {
    return this.#connection.getTransceivers()[SOURCES.indexOf(source)]?.receiver ?? null;
  }

  stats() {
    return this.#connection.getStats();
  }

  /** @param {Signal} signal */
  take(signal) {
    this.#inbox = this.#inbox.then(() => this.#handle(signal)).catch((error) => {
      if (!this.#closed) console.warn("A signal could not be used.", signal.type, error);
    });
  }

  /** @param {Source} source */
  async send(source) {
    const transceiver = this.#connection.getTransceivers()[SOURCES.indexOf(source)];
    if (transceiver) await transceiver.sender.replaceTrack(this.#track(source));
  }

  /** The other end may have missed what was sent: say it again. */
  nudge() {
    if (this.#connection.signalingState === "have-local-offer") this.#sendDescription();
    else if (this.#connection.iceConnectionState !== "connected") this.#connection.restartIce();
  }

  /** @param {number} bitrate bits per second for the camera */
  async limit(bitrate) {
    this.#maxBitrate = bitrate;
    const sender = this.#connection.getTransceivers()[SOURCES.indexOf("camera")]?.sender;
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings.length) return;
    parameters.encodings[0].maxBitrate = bitrate;
    await sender.setParameters(parameters).catch(() => undefined); // between two negotiations; set again after
  }

  close() {
    this.#closed = true;
    this.#watch.stop();
    clearTimeout(this.#resending);
    this.#connection.close();
  }

  async #offer() {
    try {
      this.#offering = true;
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      if (!this.#closed) console.warn("No offer could be made.", error);
    } finally {
      this.#offering = false;
    }
  }

  #sendDescription() {
    const description = this.#connection.localDescription;
    if (!description || this.#closed) return;
    this.emit("signal", { type: /** @type {"offer" | "answer"} */ (description.type), sdp: description.sdp });
    clearTimeout(this.#resending);
    if (description.type === "offer") this.#resending = setTimeout(() => this.nudge(), ANSWERING);
  }

  /** @param {Signal} signal */
  async #handle(signal) {
    if (this.#closed) return;
    if (signal.type === "candidate") await this.#addCandidate(signal.candidate);
    else await this.#describe(signal);
  }

  /** @param {{type: "offer" | "answer", sdp: string}} description */
  async #describe(description) {
    const connection = this.#connection;
    const ready = !this.#offering && (connection.signalingState === "stable" || this.#answering);
    this.#ignoring = description.type === "offer" && !ready && !this.#polite;
    if (this.#ignoring) return;
    if (description.type === "answer" && connection.signalingState !== "have-local-offer") return; // said twice
    this.#answering = description.type === "answer";
    await connection.setRemoteDescription(description);
    this.#answering = false;
    if (description.type === "answer") clearTimeout(this.#resending);
    else await this.#answer();
    if (this.#maxBitrate) await this.limit(this.#maxBitrate);
  }

  async #answer() {
    await Promise.all(
      this.#connection.getTransceivers().map((transceiver, line) => {
        transceiver.direction = "sendrecv";
        return transceiver.sender.replaceTrack(this.#track(SOURCES[line]));
      }),
    );
    await this.#connection.setLocalDescription();
    this.#sendDescription();
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #addCandidate(candidate) {
    try {
      await this.#connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!this.#ignoring) throw error;
    }
  }

  /** @param {RTCRtpTransceiver} transceiver */
  #sourceOf(transceiver) {
    return SOURCES[this.#connection.getTransceivers().indexOf(transceiver)];
  }
}

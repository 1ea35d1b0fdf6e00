/** What this page receives from the relay, which alone offers, one version after the other. */
import { LinkWatch } from "./link.js";

/**
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./link.js").Link} Link
 * @typedef {{mid: string, participant: string, source: Source}} Place an m-line, and whose source it carries now
 * @typedef {{version: number, sdp: string, tracks: Place[]}} Offer
 * @typedef {{version: number, fingerprint: string, ufrag: string}} Answer all that the relay does not know already
 */

export class Downlink {
  #connection;
  #watch;
  #accept;
  #changed;
  #broken;
  #closed = false;
  #inbox = Promise.resolve();
  /** @type {Place[]} */
  places = [];
  /** @type {Link} */
  link = "connecting";

  /**
   * @param {Object} options
   * @param {RTCIceServer[]} options.iceServers
   * @param {(answer: Answer) => void} options.accept
   * @param {() => void} options.changed `places` or `link`
   * @param {() => void} options.mend
   * @param {() => void} options.broken an offer could not be applied
   */
  constructor({ iceServers, accept, changed, mend, broken }) {
    this.#accept = accept;
    this.#changed = changed;
    this.#broken = broken;
    this.#connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    const follow = (/** @type {Link} */ link) => {
      this.link = link;
      changed();
    };
    this.#watch = new LinkWatch(this.#connection, follow, mend);
  }

  /** @param {Offer} offer */
  take(offer) {
    this.#inbox = this.#inbox.then(() => this.#answer(offer));
  }

  /** @param {Place | undefined} place */
  receiver(place) {
    return this.#connection.getTransceivers().find(({ mid }) => place && mid === place.mid)?.receiver ?? null;
  }

  stats() {
    return this.#connection.getStats();
  }

  close() {
    this.#closed = true;
    this.#watch.stop();
    this.#connection.close();
  }

  /** @param {Offer} offer */
  async #answer({ version, sdp, tracks }) {
    if (this.#closed) return;
    try {
      await this.#connection.setRemoteDescription({ type: "offer", sdp });
      await this.#connection.setLocalDescription();
    } catch (error) {
      if (this.#closed) return;
      console.warn("An offer of the relay could not be used.", error);
      this.#broken();
      return;
    }
    this.places = tracks;
    this.#changed();
    this.#accept({ version, ...identity(this.#connection.localDescription?.sdp ?? "") });
  }
}

/** @param {string} sdp */
export function identity(sdp) {
  const fingerprint = /^a=fingerprint:(\S+ \S+)/m.exec(sdp)?.[1] ?? "";
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? "";
  return { fingerprint, ufrag };
}

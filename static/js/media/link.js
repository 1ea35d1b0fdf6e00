/** How a peer connection fares, and when its path has to be looked for anew. */

const MENDING = 4000; // milliseconds of "disconnected" until something is done; most come back before

/** @typedef {"connecting" | "connected" | "lost"} Link */

export class LinkWatch {
  #connection;
  #link;
  #mend;
  #timer = 0;

  /**
   * @param {RTCPeerConnection} connection
   * @param {(link: Link) => void} link
   * @param {() => void} mend has ICE restarted
   */
  constructor(connection, link, mend) {
    this.#connection = connection;
    this.#link = link;
    this.#mend = mend;
    connection.oniceconnectionstatechange = () => this.#look();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#connection.oniceconnectionstatechange = null;
  }

  #look() {
    const state = this.#connection.iceConnectionState;
    clearTimeout(this.#timer);
    if (state === "connected" || state === "completed") this.#link("connected");
    if (state === "checking") this.#link("connecting");
    if (state === "disconnected") this.#timer = setTimeout(this.#mend, MENDING);
    if (state === "disconnected" || state === "failed") this.#link("lost");
    if (state === "failed") this.#mend();
  }
}

/**
 * One socket to the server that comes back by itself. Commands are asked and answered or refused; everything else
 * that arrives is an event.
 */
import { delay } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";
import { gettext } from "../lib/i18n.js";
import { Refusal } from "./refusal.js";

const PATIENCE = 10_000; // milliseconds for an answer
const OPENING = 8_000; // milliseconds for a connection

/** Close codes after which there is no coming back (docs/protocol.md). */
export const FINAL = new Set([4400, 4401, 4403, 4409, 4410, 4411, 4413, 4415, 4416, 4429]);

/**
 * @typedef {{type: string, seq?: number, [field: string]: any}} ServerEvent
 * @typedef {{resolve: (answer: any) => void, reject: (error: Refusal) => void, timer: number}} Waiting
 */

/** @extends {Emitter<{open: undefined, down: undefined, closed: {code: number}, event: ServerEvent}>} */
export class Socket extends Emitter {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #lastId = 0;
  #tries = 0;
  #timer = 0;
  #stopped = true;
  #url = "";

  /** @param {string} path of the socket on this server */
  constructor(path) {
    super();
    this.moveTo(path);
  }

  /** Where to come back to. @param {string} path */
  moveTo(path) {
    this.#url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    this.#stopped = false;
    addEventListener("online", this.#hurry);
    this.#connect();
  }

  close() {
    this.#stop("socket.down");
  }

  /** @param {string} code of the refusal for who still waits for an answer */
  #stop(code) {
    this.#stopped = true;
    removeEventListener("online", this.#hurry);
    clearTimeout(this.#timer);
    hangUp(this.#forget(code));
  }

  /** Hangs up and, after a while, tries again: for an answer that may be better next time. */
  reconnect() {
    this.#tries = Math.max(this.#tries, 2);
    this.#lose();
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<any>} the fields of `done`; rejects with a Refusal
   */
  ask(type, fields = {}) {
    return new Promise((resolve, reject) => {
      if (!this.#socket || !this.isOpen) {
        reject(new Refusal("socket.down", gettext("The connection is down. Try again in a moment.")));
        return;
      }
      const id = ++this.#lastId;
      const timer = setTimeout(() => this.#lose(), PATIENCE);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ type, id, ...fields }));
    });
  }

  #connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose(), OPENING);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.emit("open", undefined);
    };
    socket.onmessage = (message) => this.#take(JSON.parse(message.data));
    socket.onclose = ({ code }) => (FINAL.has(code) ? this.#end(code) : this.#lose());
  }

  /** @param {ServerEvent | ServerEvent[]} frame */
  #take(frame) {
    if (Array.isArray(frame)) {
      frame.forEach((one) => this.#take(one));
      return;
    }
    if (frame.type !== "done" && frame.type !== "refused") {
      this.emit("event", frame);
      return;
    }
    const waiting = this.#waiting.get(frame.id);
    if (!waiting) return;
    this.#waiting.delete(frame.id);
    clearTimeout(waiting.timer);
    if (frame.type === "done") {
      this.#tries = 0; // a server that only accepts and hangs up is not back yet
      waiting.resolve(frame);
    } else waiting.reject(new Refusal(frame.code, frame.text));
  }

  /** The wire is dead or silent: say so, and try again. */
  #lose() {
    hangUp(this.#forget());
    if (this.#stopped) return;
    this.emit("down", undefined);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay(this.#tries++));
  }

  /** @param {number} code */
  #end(code) {
    this.#stop("socket.closed");
    this.emit("closed", { code });
  }

  #hurry = () => {
    if (this.#stopped || this.#socket) return;
    this.#tries = 0;
    this.#connect();
  };

  #forget(code = "socket.down") {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Refusal(code, gettext("The connection is down. Try again in a moment.")));
    }
    this.#waiting.clear();
    return socket;
  }
}

/** A socket that is still opening is closed when it has: browsers complain about one that is closed before. */
function hangUp(/** @type {WebSocket | null} */ socket) {
  if (socket?.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close(1000);
  else socket?.close(1000);
}

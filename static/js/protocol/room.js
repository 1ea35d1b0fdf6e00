/** A person's place in a meeting: joins, comes back after every drop, and keeps the order of events. */
import { Emitter } from "../lib/emitter.js";
import { every } from "../lib/ticker.js";
import { Refusal } from "./refusal.js";
import { Sequence } from "./sequence.js";
import { Socket } from "./socket.js";

/**
 * @typedef {import("./types.js").Joined} Joined
 * @typedef {import("./types.js").Snapshot} Snapshot
 * @typedef {import("./types.js").WaitingPlace} WaitingPlace
 * @typedef {import("./socket.js").ServerEvent} ServerEvent
 * @typedef {{microphone: boolean, camera: boolean}} Wish
 */

/** Refusals that say nothing about this person: the server was busy or its services were away for a moment. */
const PASSING = new Set(["server.failed", "rate.exceeded"]);

/**
 * @extends {Emitter<{
 *   joined: Joined, waiting: WaitingPlace, moved: number, snapshot: Snapshot, event: ServerEvent, down: undefined, refused: Refusal, closed: {code: number},
 * }>}
 */
export class RoomChannel extends Emitter {
  #socket;
  #sequence;
  #wish;
  #move = false;
  #stopRenewing = () => {};
  #isWaiting = false;
  connection = "";

  /**
   * @param {string} code
   * @param {() => Wish} wish what to send when joining, asked anew each time
   * @param {string} resume the connection that this tab had before a reload, or ""
   */
  constructor(code, wish, resume) {
    super();
    this.#wish = wish;
    this.connection = resume;
    this.#socket = new Socket(pathOf(code));
    this.#sequence = new Sequence((event) => this.emit("event", event), () => void this.#resync());
    this.#socket.on("open", () => void this.#join());
    this.#socket.on("down", () => this.#down());
    this.#socket.on("closed", (detail) => {
      this.#stop();
      this.emit("closed", detail);
    });
    this.#socket.on("event", (event) => {
      if (event.type === "waiting.admitted") void this.#join();
      else if (event.type === "waiting.moved") this.emit("moved", event.place);
      else if (event.type === "snapshot.stale") this.#sequence.expect(event.seq ?? 0);
      else this.#sequence.take(event);
    });
  }

  /** The room's link was changed: this is where to come back to. @param {string} code */
  moveTo(code) {
    this.#socket.moveTo(pathOf(code));
  }

  /** @param {{move?: boolean}} [how] `move`: take the seat from another tab or device */
  open({ move = false } = {}) {
    this.#move = move;
    this.#socket.open();
  }

  close() {
    this.#stop();
    this.#socket.close();
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  ask(type, fields) {
    return this.#socket.ask(type, fields);
  }

  async #join() {
    try {
      const wish = { ...this.#wish(), move: this.#move, resume: this.connection };
      /** @type {Joined | WaitingPlace} */
      const answer = await this.#socket.ask("meeting.join", wish);
      this.#move = false;
      this.connection = answer.connection;
      this.#stopRenewing();
      this.#stopRenewing = every(answer.renewal * 1000, () => void this.#renew());
      this.#isWaiting = "waiting" in answer;
      if ("waiting" in answer) {
        this.emit("waiting", answer);
        return;
      }
      this.emit("joined", answer);
      this.#show(answer.snapshot);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "socket.down") return; // it comes back by itself
      if (PASSING.has(error.code)) {
        this.#socket.reconnect();
        return;
      }
      this.close();
      this.emit("refused", error);
    }
  }

  async #renew() {
    const answer = await this.#socket.ask("connection.renew", { seq: this.#sequence.seq }).catch(() => null);
    if (answer && this.#isWaiting) this.#stand(answer);
  }

  /** Where a waiting person stands, as the server says when asked: an event may have been lost. */
  #stand(/** @type {{place: number | null, let_in: boolean}} */ { place, let_in: letIn }) {
    if (place) this.emit("moved", place);
    else if (letIn) void this.#join();
    else this.#socket.reconnect();
  }

  async #resync() {
    try {
      this.#show((await this.#socket.ask("meeting.resync")).snapshot);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // down: joining again brings a snapshot
    }
  }

  /** @param {Snapshot} snapshot */
  #show(snapshot) {
    this.emit("snapshot", snapshot);
    this.#sequence.start(snapshot.seq);
  }

  #down() {
    this.#stop();
    this.emit("down", undefined);
  }

  #stop() {
    this.#stopRenewing();
    this.#sequence.stop();
  }
}

/** @param {string} code */
function pathOf(code) {
  return `/ws/rooms/${code}/`;
}

/** Who is in the meeting and how: a snapshot, and the events after it. */
import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../protocol/types.js").Meeting} Meeting
 * @typedef {import("../protocol/types.js").Room} Room
 * @typedef {import("../protocol/types.js").Snapshot} Snapshot
 * @typedef {import("../protocol/socket.js").ServerEvent} ServerEvent
 */

/**
 * `changed` follows every change; the others are for notices, and silent about what a snapshot brings.
 * @extends {Emitter<{changed: undefined, joined: Person, left: {person: Person, reason: string}, hand: Person,
 *   updated: {before: Person, now: Person}}>}
 */
export class Roster extends Emitter {
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** @type {Room | null} */
  room = null;
  /** @type {Meeting | null} */
  meeting = null;
  /** Whose page this is. */
  you = "";

  get me() {
    return this.#people.get(this.you);
  }

  get hosting() {
    return this.me?.role === "HOST" || this.me?.role === "COHOST";
  }

  get startedAt() {
    return Date.parse(this.meeting?.started_at ?? "");
  }

  get people() {
    return [...this.#people.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Raised hands in the order in which they went up. */
  get hands() {
    return this.people.filter(({ hand }) => hand).sort((a, b) => Date.parse(a.hand ?? "") - Date.parse(b.hand ?? ""));
  }

  /** @param {string} id */
  get(id) {
    return this.#people.get(id);
  }

  /** @param {Snapshot} snapshot */
  replace(snapshot) {
    this.#people = new Map(snapshot.participants.map((person) => [person.id, person]));
    this.room = snapshot.room;
    this.meeting = snapshot.meeting;
    this.emit("changed", undefined);
  }

  /** @param {ServerEvent} event */
  apply(event) {
    switch (event.type) {
      case "participant.joined":
      case "participant.returned":
      case "participant.updated":
        this.#put(event.participant, event.type);
        break;
      case "participant.dropped":
        this.#change(event.participant, { connected: false });
        break;
      case "participant.left":
        this.#take(event.participant, event.reason);
        break;
      case "hand.raised":
        this.#change(event.participant, { hand: event.at });
        this.#announceHand(event.participant);
        break;
      case "hand.lowered":
        this.#change(event.participant, { hand: null });
        break;
      case "room.updated":
        this.room = event.room;
        break;
      case "meeting.updated":
        this.meeting = event.meeting;
        break;
      default:
        return;
    }
    this.emit("changed", undefined);
  }

  /** @param {Person} person @param {string} event */
  #put(person, event) {
    const before = this.#people.get(person.id);
    this.#people.set(person.id, person);
    if (event === "participant.joined") this.emit("joined", person);
    if (before) this.emit("updated", { before, now: person });
  }

  /** @param {string} id @param {Partial<Person>} change */
  #change(id, change) {
    const person = this.#people.get(id);
    if (person) this.#people.set(id, { ...person, ...change });
  }

  /** @param {string} id */
  #announceHand(id) {
    const person = this.#people.get(id);
    if (person) this.emit("hand", person);
  }

  /** @param {string} id @param {string} reason */
  #take(id, reason) {
    const person = this.#people.get(id);
    this.#people.delete(id);
    if (person) this.emit("left", { person, reason });
  }
}

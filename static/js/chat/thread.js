/** A thread as this page knows it, without a page: messages, what waits to be sent, how far it was read. */
import { Emitter } from "../lib/emitter.js";
import { every } from "../lib/ticker.js";
import { Refusal } from "../protocol/refusal.js";
import { Sequence } from "../protocol/sequence.js";
import { Outgoing } from "./outgoing.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";

const READ_AFTER = 1000; // milliseconds in which several readings become one command
const MOST_MENTIONS = 20; // as the server takes

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Named} Named
 * @typedef {import("./types.js").Rights} Rights
 * @typedef {import("./types.js").State} State
 * @typedef {Pick<import("../protocol/socket.js").Socket, "on" | "ask" | "open" | "close" | "isOpen">} Wire
 */

/** `changed`: anything to be drawn anew. `message`: somebody else has just written something. */
/** `typing`: who types now. @extends {Emitter<{changed: undefined, message: Message, typing: string}>} */
export class Thread extends Emitter {
  #wire;
  #timeline = new Timeline();
  #outgoing;
  #typing;
  #sequence;
  #opened = false;
  #joined = false;
  #stopRenewing = () => {};
  #reporting = 0;
  #read = 0;
  /** @type {Rights} */
  #rights = { allowed: true, suspended: false, files: true, private: true };
  #hosting = false;
  you = "";

  /** @param {Wire} wire a Socket on /ws/chat/<thread>/; a meeting's thread has the meeting's id */
  constructor(wire) {
    super();
    this.#wire = wire;
    this.#outgoing = new Outgoing((draft) => this.#send(draft), () => this.#changed());
    this.#typing = new Typing((on) => this.#tellTyping(on), () => this.emit("typing", this.#typing.words));
    this.#sequence = new Sequence((event) => this.#apply(event), () => void this.#resync());
    wire.on("open", () => void this.#join());
    wire.on("down", () => this.#down());
    wire.on("closed", () => {
      this.#opened = false;
      this.#down();
    });
    wire.on("event", (event) => this.#sequence.take(event));
  }

  get messages() {
    return this.#timeline.messages;
  }

  get drafts() {
    return this.#outgoing.drafts;
  }

  get more() {
    return this.#timeline.more;
  }

  get joined() {
    return this.#joined;
  }

  get allowed() {
    return this.#rights.allowed && !this.#rights.suspended;
  }

  get rights() {
    return this.#rights;
  }

  /** How many messages of other people were not read, of those that are loaded. */
  get unread() {
    return this.messages.filter((one) => one.number > this.#read && this.#isFromOthers(one)).length;
  }

  /** To be called whenever the call has been joined: opens the socket, or makes a waiting one try again. */
  open() {
    if (!this.#opened) {
      this.#opened = true;
      this.#wire.open();
    } else if (!this.#joined && this.#wire.isOpen) {
      void this.#join();
    }
  }

  close() {
    this.#opened = false;
    this.#wire.close();
    this.#down();
  }

  /**
   * @param {string} content
   * @param {Partial<Pick<Draft, "replyTo" | "to" | "mentions">>} [around]
   */
  send(content, { replyTo = null, to = null, mentions = [] } = {}) {
    this.#typing.sent();
    if (content.trim()) this.#outgoing.add(content.trim(), { replyTo, to, mentions });
  }

  /** @param {string} text what stands in the field now */
  typed(text) {
    if (this.#joined && this.allowed) this.#typing.typed(text);
  }

  /** @param {boolean} on */
  #tellTyping(on) {
    this.#wire.ask("typing.set", { on }).catch(() => undefined);
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.#outgoing.retry(clientId);
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#outgoing.discard(clientId);
  }

  /** Rejects with a Refusal. */
  async loadOlder() {
    const before = this.#timeline.oldest;
    const page = await this.#wire.ask("message.list", { before });
    if (before !== this.#timeline.oldest) return; // asked twice, or the state was replaced meanwhile
    this.#timeline.prepend(page);
    this.#changed();
  }

  /** Everything that is loaded has been seen. */
  markRead() {
    if (this.#timeline.newest <= this.#read) return;
    this.#read = this.#timeline.newest;
    this.#reporting ||= setTimeout(() => this.#report(), READ_AFTER);
    this.#changed();
  }

  /**
   * Rejects with a Refusal.
   * @param {string} id
   * @param {string} content
   * @param {Named[]} [mentions]
   */
  async edit(id, content, mentions = []) {
    await this.#wire.ask("message.edit", { message: id, content, mentions: idsOf(mentions) }); // the event brings it, in its order
  }

  /**
   * Rejects with a Refusal.
   * @param {string} id
   */
  async delete(id) {
    await this.#wire.ask("message.delete", { message: id });
    this.#timeline.remove(id);
    this.#changed();
  }

  /**
   * Rejects with a Refusal.
   * @param {string} id
   * @param {string} emoji
   */
  async react(id, emoji) {
    const reaction = this.messages.find((one) => one.id === id)?.reactions.find((one) => one.emoji === emoji);
    const on = !reaction?.by.some(({ participant }) => participant === this.you);
    await this.#wire.ask("message.react", { message: id, emoji, on });
  }

  /**
   * Rejects with a Refusal.
   * @param {string} text
   * @returns {Promise<Message[]>} latest first
   */
  async search(text) {
    return (await this.#wire.ask("message.search", { text })).messages;
  }

  /** @param {boolean} hosting whether this person may take away what others said */
  setHosting(hosting) {
    if (hosting === this.#hosting) return;
    this.#hosting = hosting;
    this.#changed();
  }

  get hosting() {
    return this.#hosting;
  }

  /** @param {Partial<Rights>} rights what the room's settings say, heard in the call */
  setRights(rights) {
    const now = { ...this.#rights, ...rights };
    if (JSON.stringify(now) === JSON.stringify(this.#rights)) return;
    this.#rights = now;
    this.#changed();
  }

  async #join() {
    try {
      /** @type {import("./types.js").Joined} */
      const joined = await this.#wire.ask("thread.join");
      this.you = joined.you;
      this.#joined = true;
      this.#stopRenewing();
      this.#stopRenewing = every(joined.renewal * 1000, () => void this.#renew());
      this.#show(joined);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // refused until the call is joined: then `open` is called again
    }
  }

  /** @param {State} state */
  #show(state) {
    this.#timeline.show(state, { whole: this.#missedOnlyWhatIsIn(state) });
    this.#rights = { allowed: state.allowed, suspended: state.suspended, files: state.files, private: state.private };
    if (state.read < this.#read) this.#reporting ||= setTimeout(() => this.#report(), READ_AFTER);
    this.#read = Math.max(this.#read, state.read);
    this.#sequence.start(state.seq);
    this.#settle();
    this.#changed();
    void this.#outgoing.flush();
  }

  /**
   * Whether every event that this page has not seen posted one of these messages: then older ones are as they were.
   * @param {State} state
   */
  #missedOnlyWhatIsIn({ seq, messages }) {
    const missed = Math.max(0, seq - this.#sequence.seq);
    return messages.filter(({ number }) => number > this.#sequence.seq && number <= seq).length === missed;
  }

  async #resync() {
    if (!this.#joined) return;
    try {
      this.#show(await this.#wire.ask("thread.resync"));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // down: joining again brings the state
    }
  }

  /** @param {import("../protocol/socket.js").ServerEvent} event */
  #apply(event) {
    if (event.type === "typing.changed") {
      const { participant, name, on } = event;
      if (participant !== this.you) this.#typing.heard({ participant, name, on });
      return;
    }
    if (event.type === "message.posted") this.#add(event.message);
    else if (event.type === "message.edited") this.#timeline.replace(event.message);
    else if (event.type === "message.deleted") this.#timeline.remove(event.message);
    else if (event.type === "message.reacted") this.#timeline.patch(event.message, { reactions: event.reactions });
    this.#changed();
  }

  /** @param {Message} message */
  #add(message) {
    if (!this.#timeline.add(message)) return;
    this.#settle();
    this.#changed();
    this.#typing.heard({ participant: message.author.participant ?? "", name: "", on: false });
    if (this.#isFromOthers(message)) this.emit("message", message);
  }

  #settle() {
    this.#outgoing.settle(this.messages.filter((one) => one.author.participant === this.you));
  }

  /** @param {Draft} draft */
  async #send({ clientId, content, replyTo, to, mentions }) {
    if (!this.#joined) throw new Refusal("socket.down", "");
    const { message } = await this.#wire.ask("message.send", {
      client_id: clientId,
      content,
      reply_to: replyTo?.id ?? null,
      to: to?.participant ?? null,
      mentions: idsOf(mentions),
    });
    this.#add(message);
  }

  #report() {
    this.#reporting = 0;
    this.#wire.ask("thread.read", { number: this.#read }).catch(() => undefined);
  }

  async #renew() {
    const answer = await this.#wire.ask("connection.renew").catch(() => null);
    if (answer) this.#sequence.expect(answer.seq);
  }

  #down() {
    this.#joined = false;
    this.#stopRenewing();
    clearTimeout(this.#reporting);
    this.#reporting = 0;
    this.#sequence.stop();
    this.#changed();
  }

  #changed() {
    this.emit("changed", undefined);
  }

  /** @param {Message} message */
  #isFromOthers(message) {
    return message.type !== "SYSTEM" && message.author.participant !== this.you;
  }
}

/** @param {Named[]} mentions */
function idsOf(mentions) {
  return mentions.slice(0, MOST_MENTIONS).map(({ participant }) => participant);
}

/** Files on their way to the thread, one after the other. */
import { gettext, interpolate } from "../lib/i18n.js";
import { newId } from "./outgoing.js";

/**
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {(file: File, clientId: string, progress: (share: number) => void) => Promise<string>} Send
 */

export class Uploads {
  /** @type {(Draft & {file: File})[]} */
  #waiting = [];
  #sending = false;
  #send;
  #changed;

  /**
   * @param {Send} send resolves with why it was refused, or ""
   * @param {() => void} changed
   */
  constructor(send, changed) {
    this.#send = send;
    this.#changed = changed;
  }

  get drafts() {
    return this.#waiting;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      const draft = { clientId: newId(), content: file.name, at: new Date().toISOString(), problem: "" };
      this.#waiting = [...this.#waiting, { ...draft, replyTo: null, to: null, mentions: [], file, progress: "" }];
    }
    this.#changed();
    void this.#flush();
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.#change(clientId, { problem: "", progress: "" });
    void this.#flush();
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#waiting = this.#waiting.filter((one) => one.clientId !== clientId);
    this.#changed();
  }

  async #flush() {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#next(); next; next = this.#next()) await this.#deliver(next);
    this.#sending = false;
  }

  #next() {
    return this.#waiting.find(({ problem }) => problem === "");
  }

  /** @param {Draft & {file: File}} draft */
  async #deliver({ file, clientId }) {
    const problem = await this.#send(file, clientId, (share) => {
      const percent = Math.round(share * 100);
      this.#change(clientId, { progress: interpolate(gettext("Sending… %(percent)s %"), { percent }) });
    });
    if (problem) this.#change(clientId, { problem });
    else this.discard(clientId);
  }

  /**
   * @param {string} clientId
   * @param {Partial<Draft>} change
   */
  #change(clientId, change) {
    this.#waiting = this.#waiting.map((one) => (one.clientId === clientId ? { ...one, ...change } : one));
    this.#changed();
  }
}

/**
 * Sends by HTTP to this address; only XMLHttpRequest says how far it is.
 * @param {string} url
 * @returns {Send}
 */
export function uploadTo(url) {
  return (file, clientId, progress) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onload = () => done(request.status < 400 ? "" : wordsOf(request.responseText, request.status));
      request.onerror = () => done(gettext("The connection broke. Try again."));
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", document.cookie.match(/(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "");
      request.send(formOf(file, clientId));
    });
}

/**
 * @param {File} file
 * @param {string} clientId
 */
function formOf(file, clientId) {
  const form = new FormData();
  form.append("file", file);
  form.append("client_id", clientId);
  form.append("size", String(file.size)); // last: says that all before has arrived
  return form;
}

/**
 * @param {string} body
 * @param {number} status
 */
function wordsOf(body, status) {
  if (status === 413 && !body.startsWith("{")) return gettext("This file is too large.");
  try {
    return JSON.parse(body).text || gettext("The file could not be sent. Try again.");
  } catch {
    return gettext("The file could not be sent. Try again.");
  }
}

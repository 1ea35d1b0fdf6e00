/** What stands in the list of messages, in order: days, what people said, who came and went, what is being sent. */

const TOGETHER = 5 * 60_000; // milliseconds in which one person's messages stand under one name

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Draft} Draft
 *
 * @typedef {Object} Row
 * @property {string} key stays the same while it is the same thing
 * @property {"day" | "said" | "note"} kind
 * @property {Date} at
 * @property {string} author who it is, for grouping
 * @property {string} name
 * @property {string} content
 * @property {boolean} mine
 * @property {Message["to"]} to whom alone it is for
 * @property {string[]} names that it mentions
 * @property {string[]} ownNames of these, those of this person
 * @property {boolean} first whether it begins a group, and so carries name and time
 * @property {"" | "sending" | "failed"} state
 * @property {string} problem
 * @property {string} id of the message; "" for what is not yet one
 * @property {boolean} edited
 * @property {string} progress
 * @property {Message["file"]} file
 * @property {import("./types.js").Quote | null} quote
 * @property {{emoji: string, count: number, names: string, mine: boolean}[]} reactions
 * @property {string[]} acts what this person may do with it
 */

/**
 * @param {Message[]} messages
 * @param {Draft[]} drafts
 * @param {string} you
 * @param {Date} now
 * @param {boolean} [hosting]
 * @returns {Row[]}
 */
export function rowsOf(messages, drafts, you, now, hosting = false) {
  const rows = [...messages.map((one) => rowOfMessage(one, you, hosting)), ...drafts.map((one) => rowOfDraft(one, you))];
  /** @type {Row | undefined} */
  let before;
  return rows.flatMap((row) => {
    const newDay = !isSameDay(row.at, before?.at ?? now);
    row.first = newDay || !before || !belongsTo(row, before);
    before = row;
    return newDay ? [rowOfDay(row.at), row] : [row];
  });
}

/**
 * @param {Message} message
 * @param {string} you
 * @param {boolean} hosting
 * @returns {Row}
 */
function rowOfMessage(message, you, hosting) {
  const { id, client_id, type, author, to, content, at, edited_at, reply_to, reactions, file, mentions } = message;
  const mine = author.participant === you;
  return {
    ...blank(new Date(at)),
    key: mine && client_id ? client_id : id, // a draft becomes its message in place
    kind: type === "SYSTEM" ? "note" : "said",
    author: author.participant ?? author.name,
    name: author.name,
    to,
    content,
    ...namesOf(mentions, you),
    mine,
    id,
    edited: Boolean(edited_at),
    quote: reply_to,
    file,
    reactions: reactions.map((one) => summed(one, you)),
    acts: actsOn(type, mine, hosting),
  };
}

/**
 * @param {import("./types.js").Named[]} mentions
 * @param {string} you
 */
function namesOf(mentions, you) {
  const own = mentions.filter(({ participant }) => participant === you);
  return { names: mentions.map(({ name }) => name), ownNames: own.map(({ name }) => name) };
}

/**
 * @param {import("./types.js").Reaction} reaction
 * @param {string} you
 */
function summed({ emoji, by }, you) {
  const mine = by.some(({ participant }) => participant === you);
  return { emoji, count: by.length, names: by.map(({ name }) => name).join(", "), mine };
}

/**
 * @param {Message["type"]} type
 * @param {boolean} mine
 * @param {boolean} hosting
 */
function actsOn(type, mine, hosting) {
  if (type === "SYSTEM") return [];
  return ["react", "reply", ...(mine && type === "TEXT" ? ["edit"] : []), ...(mine || hosting ? ["delete"] : [])];
}

/**
 * @param {Draft} draft
 * @param {string} you
 * @returns {Row}
 */
function rowOfDraft({ clientId, content, at, problem, replyTo, to, mentions, progress = "" }, you) {
  const said = { content, to, quote: replyTo, ...namesOf(mentions, you) };
  const state = problem ? "failed" : "sending";
  return { ...blank(new Date(at)), ...said, key: clientId, author: you, mine: true, state, problem, progress };
}

/**
 * @param {Date} at
 * @returns {Row}
 */
function rowOfDay(at) {
  return { ...blank(at), key: `day ${at.toDateString()}`, kind: "day" };
}

/**
 * @param {Date} at
 * @returns {Row}
 */
function blank(at) {
  return {
    key: "",
    kind: "said",
    at,
    author: "",
    name: "",
    content: "",
    mine: false,
    to: null,
    names: [],
    ownNames: [],
    first: true,
    state: "",
    problem: "",
    id: "",
    edited: false,
    quote: null,
    progress: "",
    file: null,
    reactions: [],
    acts: [],
  };
}

/**
 * @param {Row} row
 * @param {Row} before
 */
function belongsTo(row, before) {
  const together = row.at.getTime() - before.at.getTime() < TOGETHER;
  const sameReaders = JSON.stringify(row.to) === JSON.stringify(before.to);
  return row.kind === "said" && before.kind === "said" && row.author === before.author && sameReaders && together;
}

/**
 * @param {Date} a
 * @param {Date} b
 */
function isSameDay(a, b) {
  return a.toDateString() === b.toDateString();
}

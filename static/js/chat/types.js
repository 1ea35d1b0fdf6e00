/**
 * What the server says of a chat (docs/protocol.md), and what waits here to be said.
 *
 * @typedef {Object} Message
 * @property {string} id
 * @property {number} number order and cursor
 * @property {"TEXT" | "SYSTEM" | "FILE"} type
 * @property {string} content
 * @property {{participant: string | null, name: string}} author
 * @property {{participant: string | null, name: string} | null} to whom alone it is for
 * @property {string | null} client_id
 * @property {string} at RFC 3339
 * @property {string | null} edited_at
 * @property {Quote | null} reply_to
 * @property {Reaction[]} reactions
 * @property {{name: string, size: number, picture: boolean, url: string} | null} file
 * @property {Named[]} mentions
 *
 * @typedef {import("./mentions.js").Named} Named
 * @typedef {{id: string, name: string, text: string}} Quote
 * @typedef {{emoji: string, by: {participant: string, name: string}[]}} Reaction
 *
 * @typedef {{messages: Message[], more: boolean}} Page
 * @typedef {{allowed: boolean, suspended: boolean, files: boolean, private: boolean}} Rights what may be written now
 * @typedef {Page & Rights & {seq: number, read: number}} State
 * @typedef {State & {you: string, renewal: number}} Joined
 *
 * @typedef {Object} Draft
 * @property {string} clientId
 * @property {string} content
 * @property {string} at RFC 3339
 * @property {Quote | null} replyTo
 * @property {Named | null} to whom alone it is for
 * @property {Named[]} mentions
 * @property {string} [progress] how far it is, in words
 * @property {string} problem why it was refused; "" while it is on its way
 */
export {};

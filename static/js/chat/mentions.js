/** Whom a text names: "@" and a name, as long as possible, where a word could begin and end. */

/** @typedef {{participant: string, name: string}} Named */

/**
 * The text in pieces; those with a `name` are mentions.
 * @param {string} text
 * @param {string[]} names
 * @returns {{text: string, name: string}[]}
 */
export function piecesOf(text, names) {
  const finder = finderOf(names);
  if (!finder) return [{ text, name: "" }];
  const pieces = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(finder)) {
    if (index > end) pieces.push({ text: text.slice(end, index), name: "" });
    pieces.push({ text: found, name: found.slice(1) });
    end = index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), name: "" });
  return pieces;
}

/**
 * The people whom a text names. Of several with one name those who were picked, or all of them.
 * @param {string} text
 * @param {Named[]} people
 * @param {ReadonlySet<string>} picked participants
 * @returns {Named[]}
 */
export function namedIn(text, people, picked) {
  const names = new Set(piecesOf(text, people.map(({ name }) => name)).map(({ name }) => name));
  return people.filter(({ participant, name }) => {
    const meant = people.some((one) => one.name === name && picked.has(one.participant));
    return names.has(name) && (picked.has(participant) || !meant);
  });
}

/** @param {string[]} names */
function finderOf(names) {
  const given = names.filter(Boolean).sort((a, b) => b.length - a.length);
  if (given.length === 0) return null;
  const either = given.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}])@(?:${either})(?![\\p{L}\\p{N}])`, "gu");
}

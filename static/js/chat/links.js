/** Finds the web addresses in a text. What is shown is what was typed; nothing of it is ever read as markup. */

/** @typedef {{text: string, href: string}} Part `href` is "" for plain text */

// Up to white space, quotes, angle brackets, or a character that would turn the direction of what follows.
const ADDRESS = /\bhttps?:\/\/[^\s<>"`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const AROUND = /[.,:;!?'’”»…*_~]$/u;
const PAIRS = /** @type {Record<string, string>} */ ({ ")": "(", "]": "[", "}": "{" });

/**
 * @param {string} text
 * @returns {Part[]}
 */
export function partsOf(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = withoutSurroundings(found);
    const href = addressOf(shown);
    if (!href) continue;
    if (index > end) parts.push({ text: text.slice(end, index), href: "" });
    parts.push({ text: shown, href });
    end = index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: "" });
  return parts;
}

/**
 * "(see https://example.org/a_(b))." ends its sentence, not the address.
 * @param {string} found
 */
function withoutSurroundings(found) {
  let shown = found;
  while (AROUND.test(shown) || closesMoreThanItOpens(shown)) shown = shown.slice(0, -1);
  return shown;
}

/** @param {string} text */
function closesMoreThanItOpens(text) {
  const last = text.slice(-1);
  const opening = PAIRS[last];
  return opening !== undefined && text.split(last).length > text.split(opening).length;
}

/**
 * The address to go to, or "" where it is none or hides where it goes behind a user name.
 * @param {string} shown
 */
function addressOf(shown) {
  if (!URL.canParse(shown)) return "";
  const { href, protocol, username, password, hostname } = new URL(shown);
  const isWeb = protocol === "http:" || protocol === "https:";
  return isWeb && hostname && !username && !password ? href : "";
}

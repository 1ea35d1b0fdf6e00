/** Django's JavaScript catalog, with the English text itself where a page has none. */

/** @type {{gettext?: (text: string) => string, ngettext?: (one: string, many: string, count: number) => string}} */
const catalog = /** @type {any} */ (globalThis).django ?? {};

/** @param {string} text */
export function gettext(text) {
  return catalog.gettext?.(text) ?? text;
}

/**
 * @param {string} one
 * @param {string} many
 * @param {number} count
 */
export function ngettext(one, many, count) {
  return catalog.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
}

/**
 * Fills %(name)s in a translated text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

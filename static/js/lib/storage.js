/** Web storage that may be refused (private windows, blocked cookies): then nothing is remembered. */

/**
 * @param {Storage | undefined} storage
 * @param {string} key
 * @returns {any}
 */
function read(storage, key) {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {Storage | undefined} storage
 * @param {string} key
 * @param {unknown} value null forgets
 */
function write(storage, key, value) {
  try {
    if (value === null) storage?.removeItem(key);
    else storage?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or refused: the choice holds for this page only.
  }
}

/** @param {() => Storage} find */
function store(find) {
  /** @type {Storage | undefined} */
  let storage;
  try {
    storage = find();
  } catch {
    storage = undefined;
  }
  return {
    /** @param {string} key */
    get: (key) => read(storage, key),
    /** @param {string} key @param {unknown} value */
    set: (key, value) => write(storage, key, value),
  };
}

export const device = store(() => localStorage);
export const tab = store(() => sessionStorage);

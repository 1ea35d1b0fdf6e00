/** Copying, where the browser lets us; on plain HTTP it does not. */

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether the clipboard took it
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * A field with the text, selected, for the person to copy by hand. Put it on the page, then call `select()`.
 * @param {string} text
 * @param {string} label
 */
export function selectable(text, label) {
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = text;
  field.setAttribute("aria-label", label);
  return field;
}

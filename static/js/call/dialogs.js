/** Questions to a host before something that is not undone with one press. */
import { gettext } from "../lib/i18n.js";
import { Refusal } from "../protocol/refusal.js";
import { byId, withName } from "./dom.js";

/** @typedef {import("../protocol/types.js").Person} Person */

/**
 * @param {{title: (Node | string)[], text: string, yes: string}} question
 * @returns {Promise<boolean>}
 */
export async function confirmed({ title, text, yes }) {
  byId("confirm-title").replaceChildren(...title);
  byId("confirm-text").textContent = text;
  byId("confirm-yes").textContent = yes;
  return (await answerOf("confirm-dialog")) === "yes";
}

/**
 * @param {Person} person
 * @returns {Promise<{may_return: boolean} | null>} null: not at all
 */
export async function askToRemove(person) {
  byId("remove-title").replaceChildren(...withName(gettext("Remove %(name)s?"), person.name));
  const mayReturn = /** @type {HTMLInputElement} */ (byId("may-return"));
  mayReturn.onchange = () => {
    byId("remove-for-good").hidden = mayReturn.checked;
    byId("remove-for-now").hidden = !mayReturn.checked;
  };
  mayReturn.checked = false;
  mayReturn.onchange(new Event("change"));
  return (await answerOf("remove-dialog")) === "remove" ? { may_return: mayReturn.checked } : null;
}

/**
 * Stays open until the server takes the name, and shows why it does not.
 * @param {Person} person
 * @param {(name: string) => Promise<unknown>} rename
 */
export function askForName(person, rename) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("rename-dialog"));
  const field = /** @type {HTMLInputElement} */ (byId("rename-field"));
  byId("rename-title").replaceChildren(...withName(gettext("Rename %(name)s"), person.name));
  field.value = person.name;
  showProblem("");
  byId("rename-cancel").onclick = () => dialog.close();
  byId("rename-form").onsubmit = async (event) => {
    event.preventDefault();
    const problem = await problemOf(rename(field.value));
    if (problem === "") dialog.close();
    else showProblem(problem);
  };
  dialog.showModal();
  field.select();
}

/** @param {string} text */
function showProblem(text) {
  const field = byId("rename-field");
  byId("rename-problem").textContent = text;
  field.setAttribute("aria-invalid", String(text !== ""));
  if (text) field.focus();
}

/** @param {Promise<unknown>} asked @returns {Promise<string>} "" when it was done */
async function problemOf(asked) {
  try {
    await asked;
    return "";
  } catch (error) {
    if (error instanceof Refusal) return error.text;
    throw error;
  }
}

/** @param {string} id @returns {Promise<string>} the value of the button that closed it, "" for none */
function answerOf(id) {
  const dialog = /** @type {HTMLDialogElement} */ (byId(id));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => (dialog.onclose = () => resolve(dialog.returnValue)));
}

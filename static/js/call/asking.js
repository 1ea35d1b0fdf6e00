/** Commands that a press gives: what the server refuses is told. */
import { Refusal } from "../protocol/refusal.js";
import { toast } from "./toasts.js";

/**
 * @param {Promise<unknown>} asked
 * @returns {Promise<boolean>} whether it was done
 */
export async function attempt(asked) {
  try {
    await asked;
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== "socket.closed") toast(error.text); // the goodbye says why
    return false;
  }
}

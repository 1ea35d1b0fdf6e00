/** Keys that work anywhere in the call, except while somebody types. */

const TYPING = "input, textarea, select, [contenteditable], [role=menu]";

/**
 * @param {Object} keys
 * @param {Record<string, () => void>} keys.press by key, lower case
 * @param {(held: boolean) => void} keys.talk while Space is held
 * @param {() => void} keys.leave
 * @returns {() => void} stops listening
 */
export function listenForKeys({ press, talk, leave }) {
  let talking = false;
  /** @param {boolean} held */
  const setTalking = (held) => {
    if (held !== talking) talk((talking = held));
  };
  /** @param {KeyboardEvent} event */
  const down = (event) => {
    const key = event.key.toLowerCase();
    if (key === "l" && event.shiftKey && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      leave();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inUse(event)) return;
    if (key === " " && !onButton(event)) {
      event.preventDefault();
      if (!event.repeat) setTalking(true);
    } else if (press[key] && !event.repeat) {
      event.preventDefault();
      press[key]();
    }
  };
  /** @param {KeyboardEvent} event */
  const up = (event) => {
    if (event.key !== " ") return;
    if (talking) event.preventDefault();
    setTalking(false);
  };
  const blur = () => setTalking(false);
  addEventListener("keydown", down);
  addEventListener("keyup", up);
  addEventListener("blur", blur);
  return () => {
    removeEventListener("keydown", down);
    removeEventListener("keyup", up);
    removeEventListener("blur", blur);
  };
}

/** @param {KeyboardEvent} event */
function inUse({ target }) {
  return target instanceof Element && (target.matches(TYPING) || target.closest("dialog[open], [role=menu]") !== null);
}

/** Space presses a focused button. @param {KeyboardEvent} event */
function onButton({ target }) {
  return target instanceof Element && target.closest("button, a, summary") !== null;
}

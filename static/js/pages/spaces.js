// @ts-check
// Spaces: their times as a grid that keys and the mouse move in, and that stays up to date; door links to copy.

import { Dragging } from "../grid/dragging.js";
import { Grid } from "../grid/grid.js";
import { Live } from "../grid/live.js";
import { copyOnPress } from "../lib/copying.js";
import { gettext } from "../lib/i18n.js";

copyOnPress(gettext("Door link"));

const part = document.querySelector("[data-part]");
if (part instanceof HTMLElement) {
  const grid = new Grid(part);
  const live = new Live(part, grid);
  new Dragging(part, grid, live);
}

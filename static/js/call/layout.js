/** How many columns make the tiles largest. */

const RATIO = 16 / 9;
const TALL_RATIO = 4 / 3; // in a narrow, high window a squarer tile wastes less
const GAP = 8; // pixels, as in call.css

/**
 * @param {number} count of tiles
 * @param {number} width of the area, pixels
 * @param {number} height
 * @returns {{columns: number, width: number, height: number}} of one tile
 */
export function arrange(count, width, height) {
  let best = { columns: 1, width: 0, height: 0 };
  const ratio = width < height ? TALL_RATIO : RATIO;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const widest = (width - GAP * (columns - 1)) / columns;
    const highest = (height - GAP * (rows - 1)) / rows;
    const fit = Math.min(widest, highest * ratio);
    if (fit > best.width) best = { columns, width: Math.floor(fit), height: Math.floor(fit / ratio) };
  }
  return best;
}

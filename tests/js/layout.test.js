import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange } from "../../static/js/call/layout.js";

test("two people sit side by side on a wide screen, one above the other on a phone", () => {
  assert.equal(arrange(2, 1440, 800).columns, 2);
  assert.equal(arrange(2, 360, 600).columns, 1);
});

test("every tile fits", () => {
  for (let count = 1; count <= 50; count++) {
    for (const [width, height] of [[360, 560], [1440, 780], [2560, 1300], [800, 300]]) {
      const tile = arrange(count, width, height);
      const rows = Math.ceil(count / tile.columns);
      assert.ok(tile.width * tile.columns + 8 * (tile.columns - 1) <= width, `${count} in ${width}×${height}`);
      assert.ok(tile.height * rows + 8 * (rows - 1) <= height, `${count} in ${width}×${height}`);
      assert.ok(tile.width > 0);
    }
  }
});

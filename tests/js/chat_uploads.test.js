import assert from "node:assert/strict";
import { test } from "node:test";
import { Uploads } from "../../static/js/chat/uploads.js";

const settled = () => new Promise((done) => setImmediate(done));

test("files go one after the other; what was refused says why and may be tried again", async () => {
  const sent = [];
  const answers = { "a.txt": ["Too large.", ""], "b.txt": [""] };
  const uploads = new Uploads(async (file, id, progress) => {
    progress(0.5);
    sent.push(file.name);
    return answers[file.name].shift();
  }, () => undefined);
  uploads.add([{ name: "a.txt" }, { name: "b.txt" }]);
  await settled();
  assert.deepEqual(sent, ["a.txt", "b.txt"]);
  assert.deepEqual(uploads.drafts.map(({ content, problem }) => [content, problem]), [["a.txt", "Too large."]]);
  uploads.retry(uploads.drafts[0].clientId);
  await settled();
  assert.deepEqual(uploads.drafts, []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../../static/js/chat/links.js";

/** @param {string} text */
const links = (text) => partsOf(text).filter(({ href }) => href).map(({ text: shown }) => shown);

test("text without an address stays one part", () => {
  assert.deepEqual(partsOf("a <b>c</b> & d"), [{ text: "a <b>c</b> & d", href: "" }]);
  assert.deepEqual(partsOf(""), []);
});

test("an address becomes a link, and nothing around it is lost", () => {
  const text = "see https://example.org/a?b=c#d, or http://localhost:8000.";
  assert.deepEqual(links(text), ["https://example.org/a?b=c#d", "http://localhost:8000"]);
  assert.equal(partsOf(text).map(({ text: shown }) => shown).join(""), text);
});

test("brackets belong to an address only where it opens them", () => {
  assert.deepEqual(links("(https://example.org/a_(b))."), ["https://example.org/a_(b)"]);
  assert.deepEqual(links("[https://example.org]"), ["https://example.org"]);
});

test("only the web is linked", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,hello",
    "file:///etc/passwd",
    "ftp://example.org",
    "xhttps://example.org",
    "https://",
    "https://[bad",
    "https://bank.example@evil.example/",
  ]) assert.deepEqual(links(text), [], text);
});

test("an address ends at markup, quotes and marks that turn direction", () => {
  for (const after of ["<b>", '"', ">", "\u202egpj.exe", "\u2067x", "\n"]) {
    assert.deepEqual(links(`https://example.org/${after}`), ["https://example.org/"]);
  }
});

test("long runs of what could end an address take no long time", () => {
  const started = Date.now();
  partsOf(`https://example.org/${").".repeat(1000)}`);
  partsOf("https://".repeat(250));
  assert.ok(Date.now() - started < 1000);
});

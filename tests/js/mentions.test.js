import assert from "node:assert/strict";
import { test } from "node:test";
import { namedIn, piecesOf } from "../../static/js/chat/mentions.js";

const people = [
  { participant: "ann", name: "Ann" },
  { participant: "ann-lee", name: "Ann Lee" },
  { participant: "gina-1", name: "Gina" },
  { participant: "gina-2", name: "Gina" },
];
const nobody = new Set();
const named = (text, picked = nobody) => namedIn(text, people, picked).map(({ participant }) => participant);
const mentions = (text, ...names) => piecesOf(text, names).filter(({ name }) => name).map(({ name }) => name);

test("the longest name counts", () => {
  assert.deepEqual(named("@Ann Lee, please"), ["ann-lee"]);
  assert.deepEqual(named("@Ann, @Ann Lee"), ["ann", "ann-lee"]);
});

test("a name is whole, and stands where a word could", () => {
  for (const text of ["@Anna", "ann@Ann", "Ann", "@ann", "@"]) assert.deepEqual(named(text), [], text);
  for (const text of ["(@Ann)", "@Ann's", "hello\n@Ann", "@Ann!"]) assert.deepEqual(named(text), ["ann"], text);
});

test("of two with one name it is who was picked, else both", () => {
  assert.deepEqual(named("@Gina"), ["gina-1", "gina-2"]);
  assert.deepEqual(named("@Gina", new Set(["gina-2"])), ["gina-2"]);
  assert.deepEqual(named("nobody", new Set(["gina-2"])), []);
});

test("the pieces are the text again, and names are no patterns", () => {
  const name = "a.*(b-c [c]{1}|^$ \\\\ </b>";
  const text = `x @${name} y @a.xx(b z`;
  assert.deepEqual(mentions(text, name), [name]);
  assert.equal(piecesOf(text, [name]).map((one) => one.text).join(""), text);
  assert.deepEqual(piecesOf("@Ann", []), [{ text: "@Ann", name: "" }]);
});

test("names in every script", () => {
  assert.deepEqual(mentions("שלום @עדי, مرحبا @ليلى @Zoë 👩‍👩‍👧", "עדי", "ليلى", "Zoë 👩‍👩‍👧"), ["עדי", "ليلى", "Zoë 👩‍👩‍👧"]);
});

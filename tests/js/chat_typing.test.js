import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Typing } from "../../static/js/chat/typing.js";

mock.timers.enable({ apis: ["setTimeout"] });

test("who types is told every two seconds, and once when the field is empty", () => {
  const told = [];
  const typing = new Typing((on) => told.push(on), () => undefined);
  typing.typed("h", 0);
  typing.typed("he", 1000);
  typing.typed("hel", 2000);
  typing.typed(" ", 2100);
  typing.typed("", 2200);
  assert.deepEqual(told, [true, true, false]);
});

test("others are forgotten after three seconds", () => {
  const words = [];
  const typing = new Typing(() => undefined, () => words.push(typing.words));
  typing.heard({ participant: "1", name: "Bob", on: true });
  mock.timers.tick(2000);
  typing.heard({ participant: "1", name: "Bob", on: true });
  mock.timers.tick(2000);
  assert.deepEqual(words, ["Bob is typing…", "Bob is typing…"]);
  mock.timers.tick(1000);
  assert.equal(typing.words, "");
});

test("two are named, more are several", () => {
  const typing = new Typing(() => undefined, () => undefined);
  typing.heard({ participant: "1", name: "Bob", on: true });
  typing.heard({ participant: "2", name: "Gina", on: true });
  assert.equal(typing.words, "Bob and Gina are typing…");
  typing.heard({ participant: "3", name: "Lena", on: true });
  assert.equal(typing.words, "Several people are typing…");
});

/** What happened in the meeting, told in a few words. */
import { gettext, interpolate } from "../lib/i18n.js";
import { notice, toast } from "./toasts.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("./roster.js").Roster} Roster
 */

/** @param {Roster} roster */
export function tellChanges(roster) {
  roster.on("joined", (person) => {
    if (person.id !== roster.you) notice(interpolate(gettext("%(name)s joined"), { name: person.name }));
  });
  roster.on("left", ({ person }) => notice(interpolate(gettext("%(name)s left"), { name: person.name })));
  roster.on("hand", (person) => {
    if (person.id !== roster.you) notice(interpolate(gettext("%(name)s raised a hand"), { name: person.name }));
  });
  roster.on("updated", ({ before, now }) => {
    if (now.id === roster.you) tellOwn(before, now);
    else tellOther(before, now);
  });
}

/** What others did about this person is no news that can be switched off. @param {Person} before @param {Person} now */
function tellOwn(before, now) {
  if (now.name !== before.name) toast(interpolate(gettext("You are now called %(name)s here."), { name: now.name }));
  if (now.role === "HOST" && before.role !== "HOST") toast(gettext("You are the host now."));
  if (now.role === "COHOST" && before.role === "PARTICIPANT") toast(gettext("You are a co-host now."));
  if (now.spotlight && !before.spotlight) toast(gettext("You are in the spotlight: everybody sees you large."));
}

/** @param {Person} before @param {Person} now */
function tellOther(before, now) {
  const { name } = now;
  if (now.role === "HOST" && before.role !== "HOST") notice(interpolate(gettext("%(name)s is the host now"), { name }));
  if (now.spotlight && !before.spotlight) notice(interpolate(gettext("%(name)s is in the spotlight"), { name }));
}

/** Times that the server wrote in its own zone, since it does not know a guest's, as the clock here shows them. */

const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
for (const time of document.querySelectorAll("time[data-here]")) {
  time.textContent = format.format(new Date(/** @type {HTMLTimeElement} */ (time).dateTime));
}

// @ts-check
// Tells the server which time zone the person is in, so that times are theirs from the first page.

const field = document.querySelector("input[data-time-zone]");
if (field instanceof HTMLInputElement && !field.value) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

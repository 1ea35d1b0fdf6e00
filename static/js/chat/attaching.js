/** The ways in which a file gets into the panel: the button, dropping, pasting a picture. */

/**
 * @param {{button: HTMLElement, input: HTMLInputElement, field: HTMLElement, area: HTMLElement}} parts
 * @param {(files: File[]) => void} add
 */
export function attachWays({ button, input, field, area }, add) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add([...(input.files ?? [])]);
    input.value = "";
  });
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  });
  area.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  });
}

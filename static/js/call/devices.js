/** The selects for microphone, camera and speaker, and what to do when one cannot be had. */
import { gettext } from "../lib/i18n.js";
import { make } from "./dom.js";

/** @typedef {import("../media/local.js").LocalMedia} LocalMedia */

/** @type {Record<string, "microphone" | "camera" | "speaker">} */
const CHOICES = { audioinput: "microphone", videoinput: "camera", audiooutput: "speaker" };

export class DeviceSelects {
  #selects;
  #local;
  #speakerPicked;

  /**
   * @param {HTMLElement} root holds selects with data-kind
   * @param {LocalMedia} local
   * @param {(id: string) => void} speakerPicked
   */
  constructor(root, local, speakerPicked) {
    this.#selects = /** @type {HTMLSelectElement[]} */ ([...root.querySelectorAll("select[data-kind]")]);
    this.#local = local;
    this.#speakerPicked = speakerPicked;
    for (const select of this.#selects) select.onchange = () => void this.#pick(select);
    local.on("devices", (devices) => this.show(devices));
    local.on("track", () => this.#mark());
  }

  /** @param {MediaDeviceInfo[]} devices */
  show(devices) {
    for (const select of this.#selects) {
      const kind = select.dataset.kind;
      const found = devices.filter((one) => one.kind === kind);
      const options = found
        .filter(({ deviceId }) => deviceId)
        .map((one, index) => new Option(one.label || `${gettext("Device")} ${index + 1}`, one.deviceId));
      const words = found.length ? UNNAMED : NONE;
      select.replaceChildren(...(options.length ? options : [make("option", { value: "" }, [words[kind ?? ""]()])]));
      select.disabled = options.length === 0;
    }
    this.#mark();
  }

  #mark() {
    for (const select of this.#selects) {
      const choice = CHOICES[select.dataset.kind ?? ""];
      const used = choice === "speaker" ? "" : this.#local.track(choice)?.getSettings().deviceId;
      const id = used || this.#local.choices[choice];
      if ([...select.options].some(({ value }) => value === id)) select.value = id;
    }
  }

  /** @param {HTMLSelectElement} select */
  async #pick(select) {
    const choice = CHOICES[select.dataset.kind ?? ""];
    if (choice !== "speaker") {
      await this.#local.pick(choice, select.value);
      return;
    }
    this.#local.pickSpeaker(select.value);
    this.#speakerPicked(select.value);
  }
}

/** @type {Record<string, () => string>} */
const NONE = {
  audioinput: () => gettext("No microphone found"),
  videoinput: () => gettext("No camera found"),
  audiooutput: () => gettext("Default speaker"),
};

/** @type {Record<string, () => string>} as long as the browser tells only that there are some */
const UNNAMED = {
  audioinput: () => gettext("Default microphone"),
  videoinput: () => gettext("Default camera"),
  audiooutput: () => gettext("Default speaker"),
};

/**
 * Why a device cannot be used, in words, with the way to mend it. `name` is a DOMException's.
 * @param {"microphone" | "camera"} source
 * @param {string} name
 */
export function problemText(source, name) {
  const words = source === "microphone" ? MICROPHONE : CAMERA;
  return (words[name] ?? words.UnknownError)();
}

/** @type {Record<string, () => string>} */
const MICROPHONE = {
  NotAllowedError: () =>
    gettext("The microphone is blocked. Allow it in the address bar of your browser, then switch it on again."),
  NotFoundError: () => gettext("No microphone was found. Plug one in, or join without."),
  NotReadableError: () => gettext("Another program is using the microphone. Close it, then switch the microphone on."),
  SecurityError: () => gettext("Browsers give a microphone only to pages with https. Ask who runs this server."),
  UnknownError: () => gettext("The microphone could not be started. You can join without it."),
};

/** @type {Record<string, () => string>} */
const CAMERA = {
  NotAllowedError: () =>
    gettext("The camera is blocked. Allow it in the address bar of your browser, then switch it on again."),
  NotFoundError: () => gettext("No camera was found. Plug one in, or join without."),
  NotReadableError: () => gettext("Another program is using the camera. Close it, then switch the camera on."),
  SecurityError: () => gettext("Browsers give a camera only to pages with https. Ask who runs this server."),
  UnknownError: () => gettext("The camera could not be started. You can join without it."),
};

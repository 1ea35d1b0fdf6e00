/** The toolbar: shows what is, and asks for what should be. */
import { Emitter } from "../lib/emitter.js";
import { gettext, interpolate } from "../lib/i18n.js";
import { Menu } from "../lib/menu.js";
import { canShareScreen } from "../media/capture.js";
import { byId, setToggle } from "./dom.js";
import { toast } from "./toasts.js";

/**
 * @typedef {{microphone: boolean, camera: boolean, screen: boolean, hand: boolean, host: boolean, people: number, waiting: number,
 *   awaits: {microphone: boolean, camera: boolean}, unread: number, chatOpen: boolean, peopleOpen: boolean, reactions: boolean, barred: import("./allowed.js").Barred}} View
 */

/**
 * @extends {Emitter<{microphone: undefined, camera: undefined, screen: undefined, hand: undefined, chat: undefined,
 *   people: undefined, react: string, leave: undefined, end: undefined}>}
 */
export class Controls extends Emitter {
  #leaveMenu = new Menu(byId("leave-menu"));
  #moreMenu = new Menu(byId("more-menu"));
  #reactions = new Menu(byId("reaction-menu"));
  #host = false;
  #noReactions = "";

  constructor() {
    super();
    byId("more").onclick = () => this.#moreMenu.toggle(byId("more"));
    byId("react").onclick = () => this.toggleReactions();
    for (const name of /** @type {const} */ (["microphone", "camera", "screen", "hand"]))
      byId(name).onclick = () => this.emit(name, undefined);
    byId("toggle-chat").onclick = () => this.emit("chat", undefined);
    byId("toggle-people").onclick = () => this.emit("people", undefined);
    byId("leave").onclick = () => this.leave();
    byId("leave-meeting").onclick = () => this.emit("leave", undefined);
    byId("end-meeting").onclick = () => this.emit("end", undefined);
    byId("reaction-menu").onclick = ({ target }) => {
      const emoji = target instanceof HTMLElement ? target.dataset.emoji : undefined;
      if (emoji) this.emit("react", emoji);
    };
    // The mouse leaves the focus where it is: Space after a press on mute is to talk, not to press it again.
    byId("controls").addEventListener("mousedown", (event) => event.preventDefault());
    byId("screen").hidden = !canShareScreen();
  }

  /** Hosts are asked whether to end it for all. */
  leave() {
    if (this.#host) this.#leaveMenu.toggle(byId("leave"));
    else this.emit("leave", undefined);
  }

  toggleReactions() {
    if (byId("react").hidden) return;
    if (this.#noReactions) toast(this.#noReactions);
    else this.#reactions.toggle(byId("react"));
  }

  /** @param {View} view */
  show(view) {
    this.#host = view.host;
    const { microphone, camera, awaits } = view;
    const mute = microphone ? gettext("Mute microphone") : gettext("Unmute microphone");
    setToggle(byId("microphone"), microphone, mute, awaits.microphone);
    const turn = camera ? gettext("Turn off camera") : gettext("Turn on camera");
    setToggle(byId("camera"), camera, turn, awaits.camera);
    setToggle(byId("screen"), view.screen, view.screen ? gettext("Stop sharing") : gettext("Share screen"));
    setToggle(byId("hand"), view.hand, view.hand ? gettext("Lower hand") : gettext("Raise hand"));
    for (const source of /** @type {const} */ (["microphone", "camera", "screen"]))
      this.#allow(source, !view.barred[source] || view[source]);
    this.#allow("react", !view.barred.reactions);
    byId("react").hidden = !view.reactions;
    this.#noReactions = view.barred.reactions;
    this.#showPanels(view);
  }

  /** @param {View} view */
  #showPanels({ people, waiting, unread, chatOpen, peopleOpen }) {
    const chat = unread ? interpolate(gettext("Chat, %(count)s unread"), { count: unread }) : gettext("Chat");
    named("toggle-chat", chat, chatOpen);
    const inside = interpolate(gettext("People, %(count)s"), { count: people });
    const knocking = interpolate(gettext("%(count)s waiting"), { count: waiting });
    named("toggle-people", waiting ? `${inside}, ${knocking}` : inside, peopleOpen);
    byId("people-count").classList.toggle("quiet", waiting === 0);
    byId("chat-count").textContent = unread > 99 ? "99+" : String(unread);
    byId("chat-count").hidden = unread === 0;
    byId("people-count").textContent = waiting ? `+${waiting}` : String(people);
  }

  /** @param {string} id @param {boolean} allowed */
  #allow(id, allowed) {
    byId(id).setAttribute("aria-disabled", String(!allowed));
  }
}

/** @param {string} id @param {string} name @param {boolean} open */
function named(id, name, open) {
  const button = byId(id);
  button.setAttribute("aria-label", name);
  button.setAttribute("aria-expanded", String(open));
  button.title = name;
}

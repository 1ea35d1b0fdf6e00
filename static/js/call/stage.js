/** The tiles: everybody's picture, the shared screen, and the sound of all. */
import { arrange } from "./layout.js";
import { byId, make } from "./dom.js";
import { ScreenTile, Tile } from "./tile.js";

/**
 * @typedef {import("../protocol/types.js").Person} Person
 * @typedef {import("../media/sources.js").Source} Source
 * @typedef {import("../media/peer.js").Link} Link
 */

export class Stage {
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {ScreenTile | null} */
  #screen = null;
  /** @type {Map<string, MediaStreamTrack>} by participant and source */
  #tracks = new Map();
  /** @type {Map<string, HTMLAudioElement>} */
  #sounds = new Map();
  /** @type {Map<string, Link>} */
  #links = new Map();
  /** @type {Person[]} */
  #people = [];
  #you = "";
  #speaker = /** @type {string | null} */ (null);
  #area = byId("tiles");
  #screenArea = byId("screen-area");
  #speakerDevice = "";

  /** @param {() => void} blocked is called when the browser does not let sound play */
  constructor(blocked) {
    this.blocked = blocked;
    new ResizeObserver(() => this.#arrange()).observe(byId("stage"));
  }

  /** @param {string} you */
  start(you) {
    this.#you = you;
  }

  /** @param {Person[]} people */
  show(people) {
    this.#people = people;
    const here = new Set(people.map(({ id }) => id));
    for (const id of this.#tiles.keys()) if (!here.has(id)) this.#remove(id);
    for (const person of people) this.#showPerson(person);
    this.#showScreen(people.find(({ screen }) => screen));
    byId("alone").hidden = people.length > 1;
    this.#arrange();
  }

  /**
   * @param {string} participant
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  setTrack(participant, source, track) {
    const key = `${participant} ${source}`;
    if (track) this.#tracks.set(key, track);
    else this.#tracks.delete(key);
    if (source === "microphone" || source === "screen-audio") this.#play(key, participant, track);
    this.show(this.#people);
  }

  /** @param {string} participant @param {Link} link */
  setLink(participant, link) {
    this.#links.set(participant, link);
    const person = this.#people.find(({ id }) => id === participant);
    if (person) this.#tiles.get(participant)?.update(person, link);
  }

  /** @param {string | null} speaker */
  setSpeaker(speaker) {
    this.#speaker = speaker;
    for (const [id, tile] of this.#tiles) tile.setSpeaking(id === speaker);
  }

  /** @param {string} device id of a loudspeaker, "" for the default */
  setSpeakerDevice(device) {
    this.#speakerDevice = device;
    for (const sound of this.#sounds.values()) this.#direct(sound);
  }

  /** After the person has allowed it by a press. */
  playAll() {
    for (const sound of this.#sounds.values()) void sound.play().catch(() => undefined);
  }

  clear() {
    for (const sound of this.#sounds.values()) sound.srcObject = null;
    this.show([]);
    this.#tracks.clear();
    this.#sounds.clear();
    byId("sounds").replaceChildren();
  }

  /** @param {Person} person */
  #showPerson(person) {
    const isYou = person.id === this.#you;
    let tile = this.#tiles.get(person.id);
    if (!tile) {
      tile = new Tile(person, isYou);
      this.#tiles.set(person.id, tile);
      this.#area.append(tile.element);
    }
    tile.setTrack(person.camera ? (this.#tracks.get(`${person.id} camera`) ?? null) : null);
    tile.update(person, this.#links.get(person.id) ?? null);
    tile.setSpeaking(person.id === this.#speaker);
  }

  /** @param {Person | undefined} presenter */
  #showScreen(presenter) {
    if (this.#screen && this.#screen.participant !== presenter?.id) {
      this.#screen.element.remove();
      this.#screen = null;
    }
    if (presenter && !this.#screen) {
      this.#screen = new ScreenTile(presenter, presenter.id === this.#you);
      this.#screenArea.append(this.#screen.element);
    }
    if (presenter) this.#screen?.setTrack(this.#tracks.get(`${presenter.id} screen`) ?? null);
    this.#screenArea.hidden = !presenter;
    byId("stage").classList.toggle("presenting", Boolean(presenter));
  }

  /** @param {string} id */
  #remove(id) {
    this.#tiles.get(id)?.element.remove();
    this.#tiles.delete(id);
    this.#links.delete(id);
    for (const key of [...this.#tracks.keys()]) if (key.startsWith(`${id} `)) this.#tracks.delete(key);
    for (const [key, sound] of this.#sounds) {
      if (!key.startsWith(`${id} `)) continue;
      sound.srcObject = null;
      sound.remove();
      this.#sounds.delete(key);
    }
  }

  /** @param {string} key @param {string} participant @param {MediaStreamTrack | null} track */
  #play(key, participant, track) {
    if (participant === this.#you) return;
    const sound = this.#sounds.get(key) ?? byId("sounds").appendChild(make("audio", { autoplay: "" }));
    this.#sounds.set(key, sound);
    sound.srcObject = track ? new MediaStream([track]) : null;
    this.#direct(sound);
    if (track) sound.play().catch((error) => error.name === "NotAllowedError" && this.blocked());
  }

  /** @param {HTMLAudioElement} sound */
  #direct(sound) {
    if ("setSinkId" in sound) sound.setSinkId(this.#speakerDevice).catch(() => undefined); // gone: the default plays
  }

  #arrange() {
    const { width, height } = this.#area.getBoundingClientRect();
    if (!width || !this.#tiles.size) return;
    const tile = arrange(this.#tiles.size, width, height);
    this.#area.style.setProperty("--tile-width", `${tile.width}px`);
    this.#area.style.setProperty("--tile-height", `${tile.height}px`);
  }
}

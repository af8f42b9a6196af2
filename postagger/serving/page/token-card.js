/* The card of a token: what its tag means, how sure the tagger is, what else it could be; opened, the list of tags. */

import { byId, element } from "./dom.js";
import { placeCard } from "./card-place.js";
import { probabilityBar } from "./probability-bar.js";
import { tagChip } from "./tag-chip.js";
import { startTagList } from "./tag-list.js";

const LIKELY = 0.005;
const FEWEST = 3; /* rows, however unlikely */
const SOON = 120; /* milliseconds from the pointer's coming or leaving to the card's */

/**
 * @typedef {object} Details
 * @property {string} word
 * @property {string} tag as it stands
 * @property {string} said what the tagger says
 * @property {boolean} corrected
 * @property {number} confidence of what the tagger says
 * @property {[string, number][]} choices the best tags with their probabilities
 * @property {(tag: string) => string} meaning
 * @property {string[]} example of the tag: what is before the word that has it, the word, what is after it
 * @property {string[]} tags all of the tagset
 */

export class TokenCard {
  /**
   * @param {HTMLElement} box around the tokens and the card
   * @param {(token: HTMLElement) => Details} details
   * @param {(token: HTMLElement, tag: string) => void} choose
   */
  constructor(box, details, choose) {
    this.card = byId("card");
    this.details = details;
    this.choose = choose;
    /** @type {HTMLElement | null} */
    this.token = null;
    this.opened = false;
    this.silent = false;
    this.soon = 0;
    this.#listen(box);
  }

  /** @param {HTMLElement} box */
  #listen(box) {
    const tokenOf = (/** @type {Event} */ event) => event.target.closest(".token");
    box.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && !this.opened) this.#point(tokenOf(event), event.target);
    });
    box.addEventListener("pointerleave", () => { if (!this.opened) this.#later(() => this.close()); });
    box.addEventListener("focusin", (event) => {
      const token = tokenOf(event);
      if (token && !this.silent && token.matches(":focus-visible")) this.#preview(token);
    });
    box.addEventListener("focusout", (event) => {
      const inside = this.card.contains(event.relatedTarget);
      if (!inside && (this.opened ? this.card.contains(event.target) : event.target === this.token)) this.close();
    });
    box.addEventListener("click", (event) => { if (tokenOf(event)) this.#open(tokenOf(event)); });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.token) this.close(this.opened);
    });
    document.addEventListener("pointerdown", (event) => {
      if (this.opened && !this.card.contains(event.target)) this.close();
    });
  }

  /**
   * Takes the card away.
   * @param {boolean} [back] whether the focus goes back to the token
   */
  close(back = false) {
    clearTimeout(this.soon);
    const token = this.token;
    if (!token) return;
    this.token = null;
    this.opened = false;
    token.classList.remove("open");
    token.removeAttribute("aria-describedby");
    token.removeAttribute("aria-expanded");
    this.card.hidden = true;
    this.card.replaceChildren();
    this.silent = true; /* who has just closed it does not want it again */
    if (back) token.focus();
    this.silent = false;
  }

  /** Takes the card away if its token is gone. */
  closeIfGone() {
    if (this.token && !this.token.isConnected) this.close();
  }

  /**
   * @param {HTMLElement | null} token under the pointer
   * @param {EventTarget | null} target
   */
  #point(token, target) {
    if (token && token === this.token) clearTimeout(this.soon);
    else if (token) this.#later(() => this.#preview(token));
    else if (this.card.contains(target)) clearTimeout(this.soon);
    else this.#later(() => this.close());
  }

  /** @param {() => void} act */
  #later(act) {
    clearTimeout(this.soon);
    this.soon = setTimeout(act, SOON);
  }

  /** @param {HTMLElement} token */
  #preview(token) {
    if (!token.isConnected || this.opened) return;
    const details = this.#take(token);
    this.card.setAttribute("role", "tooltip");
    this.card.removeAttribute("aria-label");
    this.card.append(...choiceRows(details), element("p", { class: "note hint" }, "Click or press Enter to correct"));
    token.setAttribute("aria-describedby", "card");
    placeCard(this.card, token);
  }

  /** @param {HTMLElement} token */
  #open(token) {
    const details = this.#take(token);
    this.opened = true;
    this.card.setAttribute("role", "dialog");
    this.card.setAttribute("aria-label", `Tag of ${details.word}`);
    token.setAttribute("aria-expanded", "true");
    token.removeAttribute("aria-describedby");
    const list = startTagList(details, (tag) => this.#chosen(token, tag));
    this.card.append(list);
    placeCard(this.card, token);
    list.focus({ preventScroll: true });
  }

  /**
   * @param {HTMLElement} token
   * @param {string} tag
   */
  #chosen(token, tag) {
    this.choose(token, tag);
    this.close(true);
  }

  /** @param {HTMLElement} token whose card it is from now on */
  #take(token) {
    if (this.token !== token) this.close();
    clearTimeout(this.soon);
    this.token = token;
    token.classList.add("open");
    const details = this.details(token);
    this.card.replaceChildren(...head(details));
    return details;
  }
}

/** @param {Details} details */
function head({ word, tag, said, corrected, confidence, meaning, example: [before, marked, after] }) {
  const sure = confidence.toFixed(2);
  const told = corrected ? `Corrected; the tagger says ${said} with confidence ${sure}` : `Confidence ${sure}`;
  const name = element("bdi", { class: "word" }, word);
  const rows = [
    element("p", { class: "card-head" }, name, tagChip(tag), element("span", {}, meaning(tag))),
    element("p", { class: "note" }, told),
  ];
  if (marked) rows.splice(1, 0, element("p", { class: "note" }, before, element("mark", {}, marked), after));
  return rows;
}

/** @param {Details} details */
function choiceRows({ choices, meaning }) {
  const likely = choices.filter(([, probability]) => probability >= LIKELY).length;
  const rows = choices.slice(0, Math.max(likely, FEWEST)).map(([tag, probability]) => element(
    "li",
    {},
    tagChip(tag),
    element("span", {}, meaning(tag)),
    probabilityBar(probability),
  ));
  return rows.length ? [element("ul", { class: "choices" }, ...rows)] : [];
}

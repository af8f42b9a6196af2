/* The tagged text: a button for each token, one stop of the Tab key, arrows from token to token. */

import { element } from "./dom.js";
import { confidenceAt, isCorrected, isUnsure, tagAt } from "./sentences.js";
import { classOf } from "./word-classes.js";

/** @typedef {{sentence: import("./sentences.js").Sentence, index: number}} Place a token of a sentence */

export class TaggedText {
  /** @param {HTMLElement} list where the sentences are shown */
  constructor(list) {
    this.list = list;
    this.threshold = 0.9;
    /** @type {WeakMap<import("./sentences.js").Sentence, HTMLElement>} */
    this.items = new WeakMap();
    /** @type {WeakMap<Element, Place>} */
    this.places = new WeakMap();
    list.addEventListener("keydown", (event) => this.#move(event));
    list.addEventListener("focusin", (event) => this.#stopAt(event.target));
  }

  /** All tokens, in order. @returns {HTMLElement[]} */
  get tokens() {
    return [...this.list.querySelectorAll(".token")];
  }

  /**
   * Shows these sentences; what stays the same is left alone, so that nothing flickers.
   * @param {import("./sentences.js").Sentence[]} sentences
   */
  show(sentences) {
    const items = sentences.map((sentence) => this.items.get(sentence) || this.#item(sentence));
    const before = [...this.list.children];
    let head = 0;
    while (head < items.length && before[head] === items[head]) head += 1;
    const most = Math.min(items.length, before.length) - head;
    let tail = 0;
    while (tail < most && before.at(-1 - tail) === items.at(-1 - tail)) tail += 1;
    before.slice(head, before.length - tail).forEach((item) => item.remove());
    const next = tail ? items[items.length - tail] : null;
    const added = document.createDocumentFragment();
    added.append(...items.slice(head, items.length - tail));
    this.list.insertBefore(added, next);
    if (!this.list.querySelector('[tabindex="0"]')) this.#stopAt(this.list.querySelector(".token"));
  }

  /**
   * Where a token of the page stands.
   * @param {Element} token
   * @returns {Place | undefined}
   */
  placeOf(token) {
    return this.places.get(token);
  }

  /**
   * The button of a token that is shown.
   * @param {Place} place
   * @returns {HTMLElement | undefined}
   */
  tokenAt({ sentence, index }) {
    const item = this.items.get(sentence);
    return item && item.querySelectorAll(".token")[index];
  }

  /**
   * Shows a token as it is now.
   * @param {HTMLElement} token
   */
  renew(token) {
    const { sentence, index } = this.places.get(token);
    const tag = tagAt(sentence, index);
    const corrected = isCorrected(sentence, index);
    const unsure = isUnsure(sentence, index, this.threshold);
    token.dataset.class = classOf(tag);
    token.classList.toggle("corrected", corrected);
    token.classList.toggle("unsure", unsure);
    token.querySelector(".tag").textContent = tag;
    token.querySelector(".unseen").textContent = corrected ? " corrected" : unsure ? " less sure" : "";
  }

  /**
   * Marks the tokens of which the tagger is less sure than this.
   * @param {number} threshold
   */
  setThreshold(threshold) {
    const [low, high] = [Math.min(threshold, this.threshold), Math.max(threshold, this.threshold)];
    this.threshold = threshold;
    for (const token of this.tokens) {
      const { sentence, index } = this.places.get(token);
      const confidence = confidenceAt(sentence, index);
      if (confidence >= low && confidence < high) this.renew(token);
    }
  }

  /** @param {import("./sentences.js").Sentence} sentence */
  #item(sentence) {
    /* The inner box is what the browser may leave undrawn while it is out of sight; the number stands outside. */
    const box = element("div", { class: "line" });
    const item = element("li", { class: sentence.opens ? "sentence opens" : "sentence" }, box);
    sentence.tokens.forEach((word, index) => {
      const name = sentence.glued[index] ? "token glued" : "token";
      const token = element(
        "button",
        { type: "button", class: name, tabindex: "-1", "aria-haspopup": "dialog" },
        element("bdi", { class: "word" }, word),
        element("span", { class: "tag" }),
        element("span", { class: "unseen" }),
      );
      this.places.set(token, { sentence, index });
      this.renew(token);
      box.append(token);
    });
    this.items.set(sentence, item);
    return item;
  }

  /** @param {EventTarget | null} token which is to be the one that the Tab key stops at */
  #stopAt(token) {
    if (!(token instanceof HTMLElement) || !token.matches(".token")) return;
    this.list.querySelectorAll('[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    token.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches(".token")) return;
    const tokens = this.tokens;
    const here = tokens.indexOf(event.target);
    const there = {
      ArrowLeft: () => here - 1,
      ArrowRight: () => here + 1,
      ArrowUp: () => nextLine(tokens, here, -1),
      ArrowDown: () => nextLine(tokens, here, 1),
      Home: () => 0,
      End: () => tokens.length - 1,
    }[event.key];
    if (!there) return;
    event.preventDefault();
    const token = tokens[there()];
    if (token) token.focus();
  }
}

/**
 * The number of the token above or below a token.
 * @param {HTMLElement[]} tokens
 * @param {number} here
 * @param {-1 | 1} step
 */
function nextLine(tokens, here, step) {
  const middle = (/** @type {DOMRect} */ box) => (box.left + box.right) / 2;
  const from = tokens[here].getBoundingClientRect();
  let [best, least, line] = [here, Infinity, null];
  for (let number = here + step; number >= 0 && number < tokens.length; number += step) {
    const box = tokens[number].getBoundingClientRect();
    const apart = Math.abs(box.top - from.top) > from.height / 2;
    if (apart && line === null) line = box.top;
    if (line !== null && Math.abs(box.top - line) > from.height / 2) break;
    const aside = Math.abs(middle(box) - middle(from));
    if (apart && aside < least) [best, least] = [number, aside];
  }
  return best;
}

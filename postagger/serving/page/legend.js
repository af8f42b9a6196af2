/* The legend: each tag of the text with its meaning and its number, and what else can be found among the tokens. */

import { announce, byId, counted, element } from "./dom.js";
import { isCorrected, isUnsure, tagAt } from "./sentences.js";
import { meaningOf } from "./tagsets.js";
import { byClass, classOf } from "./word-classes.js";

const UNSURE = "less sure";
const CORRECTED = "corrected";

export class Legend {
  /**
   * @param {import("./tagged-text.js").TaggedText} tagged
   */
  constructor(tagged) {
    this.tagged = tagged;
    this.box = byId("legend-box");
    /** @type {Map<string, HTMLElement>} the entries, which stay while people are in them */
    this.entries = new Map();
    /** @type {string | null} what is looked for: "tag NN", or one of the two above */
    this.wanted = null;
    /** @type {HTMLElement | null} the token that was found last */
    this.visited = null;
    byId("find-next").addEventListener("click", () => this.#go(1));
    byId("find-previous").addEventListener("click", () => this.#go(-1));
  }

  /**
   * Counts the tags of the sentences.
   * @param {import("./sentences.js").Sentence[]} sentences
   * @param {import("./tagsets.js").Tags} tags
   */
  show(sentences, tags) {
    const counts = this.#counts(sentences);
    const special = [UNSURE, CORRECTED].filter((key) => counts.has(key));
    const names = [...counts.keys()].filter((key) => key.startsWith("tag ")).map((key) => key.slice(4)).sort(byClass);
    const keys = [...special, ...names.map((name) => `tag ${name}`)];
    const items = keys.map((key) => this.#entry(key, counts.get(key), tags));
    const list = byId("legend");
    [...list.children].filter((item) => !items.includes(item)).forEach((item) => item.remove());
    items.forEach((item, number) => {
      if (list.children[number] !== item) list.insertBefore(item, list.children[number] || null);
    });
    this.box.hidden = !names.length;
    if (this.wanted && !counts.has(this.wanted)) this.wanted = null;
    this.#mark();
  }

  /** @param {import("./sentences.js").Sentence[]} sentences */
  #counts(sentences) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    const add = (/** @type {string} */ key) => counts.set(key, (counts.get(key) || 0) + 1);
    for (const sentence of sentences) {
      sentence.tokens.forEach((_, index) => this.#keysOf(sentence, index).forEach(add));
    }
    return counts;
  }

  /**
   * @param {import("./sentences.js").Sentence} sentence
   * @param {number} index
   */
  #keysOf(sentence, index) {
    const keys = [`tag ${tagAt(sentence, index)}`];
    if (isUnsure(sentence, index, this.tagged.threshold)) keys.push(UNSURE);
    if (isCorrected(sentence, index)) keys.push(CORRECTED);
    return keys;
  }

  /**
   * @param {string} key
   * @param {number} count
   * @param {import("./tagsets.js").Tags} tags
   */
  #entry(key, count, tags) {
    const tag = key.startsWith("tag ") ? key.slice(4) : "";
    const item = this.entries.get(key) || this.#newEntry(key, tag);
    const [meaning, number] = item.querySelectorAll(".meaning, .count");
    const special = key === UNSURE ? `below ${this.tagged.threshold.toFixed(2)}` : "by hand";
    meaning.textContent = tag ? meaningOf(tags, tag) : special;
    number.textContent = count.toLocaleString("en");
    return item;
  }

  /**
   * @param {string} key
   * @param {string} tag
   */
  #newEntry(key, tag) {
    const name = element("span", { class: tag ? "tag" : `tag ${key.replace(" ", "-")}` }, tag || key);
    const meaning = element("span", { class: "meaning" });
    const count = element("span", { class: "count" });
    const button = element("button", { type: "button", "aria-pressed": "false" }, name, meaning, count);
    if (tag) button.dataset.class = classOf(tag);
    button.addEventListener("click", () => this.#find(this.wanted === key ? null : key));
    const item = element("li", {}, button);
    this.entries.set(key, item);
    return item;
  }

  /** @param {string | null} key */
  #find(key) {
    this.wanted = key;
    const [first] = this.#mark();
    if (!first) return;
    first.scrollIntoView({ block: "nearest" });
    announce(`${byId("found").textContent}; Next goes to the first`);
  }

  /** Marks the tokens that are looked for. @returns {HTMLElement[]} */
  #mark() {
    this.entries.forEach((item, key) => {
      item.firstElementChild.setAttribute("aria-pressed", String(key === this.wanted));
    });
    const tokens = this.tagged.tokens.filter((token) => {
      const { sentence, index } = this.tagged.placeOf(token);
      const found = this.wanted !== null && this.#keysOf(sentence, index).includes(this.wanted);
      token.classList.toggle("found", found);
      return found;
    });
    this.tagged.list.classList.toggle("finding", this.wanted !== null);
    for (const id of ["find-previous", "find-next"]) byId(id).disabled = this.wanted === null;
    byId("found").textContent = this.wanted === null
      ? "Choose one to find its tokens."
      : `${this.wanted.replace(/^tag /, "")}: ${counted(tokens.length, "token")}`;
    return tokens;
  }

  /** Goes to the next token that is found. @param {1 | -1} step */
  #go(step) {
    const tokens = this.tagged.tokens;
    const here = tokens.findIndex((token) => token.tabIndex === 0);
    const at = document.activeElement === tokens[here] || this.visited === tokens[here];
    for (let number = 1; number <= tokens.length; number += 1) {
      const there = here + step * (number - Number(!at && step > 0));
      const token = tokens[(there + 2 * tokens.length) % tokens.length];
      if (!token.classList.contains("found")) continue;
      this.visited = token;
      token.focus();
      return;
    }
  }
}

/* Tags of a text that is being typed: asked for after a moment, where it has changed; stale answers are dropped. */

import { utf8Length } from "./code-points.js";
import { askForJson, Refused } from "./connection.js";
import { counted } from "./dom.js";
import { paragraphsOf } from "./paragraphs.js";
import { sentencesOf } from "./sentences.js";

const SOONEST = 100; /* milliseconds after a key */
const LATEST = 1500;
const CHOICES = 5;
const ENVELOPE = 1_000; /* bytes around the text */
const TOO_LONG = [413, 422]; /* too many bytes, too many tokens */

/**
 * @typedef {object} Listener
 * @property {(sentences: import("./sentences.js").Sentence[]) => void} onTagged
 * @property {(reason: string) => void} onTooLong
 * @property {(reason: string) => void} onTrouble told the empty text when all is well
 */

export class LiveTagging {
  /**
   * @param {{body_bytes: number, tokens: number}} limits
   * @param {Listener} listener
   */
  constructor(limits, listener) {
    this.limits = limits;
    this.listener = listener;
    /** @type {Map<string, any[]>} the answers for the paragraphs of the text as it was last tagged */
    this.answers = new Map();
    this.tagset = "";
    this.delay = SOONEST;
    this.timer = 0;
    this.running = new AbortController();
  }

  /**
   * The text is another now, or the tagset.
   * @param {string} text
   * @param {string} tagset
   * @param {boolean} [atOnce] do not wait for more
   */
  change(text, tagset, atOnce = false) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#tag(text, tagset), atOnce ? 0 : this.delay);
  }

  /**
   * @param {string} text
   * @param {string} tagset
   */
  async #tag(text, tagset) {
    this.running.abort();
    const running = new AbortController();
    this.running = running;
    try {
      const paragraphs = paragraphsOf(text);
      const answers = await this.#answersTo(paragraphs, tagset, running.signal);
      if (running.signal.aborted) return;
      [this.answers, this.tagset] = [answers, tagset];
      const sentences = paragraphs.flatMap((one) => sentencesOf(one, answers.get(one), tagset));
      this.#checkLength(sentences);
      this.listener.onTrouble("");
      this.listener.onTagged(sentences);
    } catch (error) {
      if (running.signal.aborted) return;
      if (error instanceof Refused && TOO_LONG.includes(error.status)) this.listener.onTooLong(error.message);
      else if (error instanceof Error) this.listener.onTrouble(error.message);
    }
  }

  /**
   * The answers for all paragraphs; the server is asked for those that are new.
   * @param {string[]} paragraphs
   * @param {string} tagset
   * @param {AbortSignal} signal
   */
  async #answersTo(paragraphs, tagset, signal) {
    const known = tagset === this.tagset ? this.answers : new Map();
    const blank = (/** @type {string} */ one) => !one.trim();
    const missing = [...new Set(paragraphs)].filter((one) => !known.has(one) && !blank(one));
    const told = missing.length ? await this.#asked(missing, tagset, signal) : [];
    const found = new Map(paragraphs.map((one) => [one, known.get(one) || []]));
    missing.forEach((one) => found.set(one, []));
    told.forEach((/** @type {any} */ one) => found.get(missing[one.text || 0]).push(one));
    return found;
  }

  /**
   * @param {string[]} text
   * @param {string} tagset
   * @param {AbortSignal} signal
   */
  async #asked(text, tagset, signal) {
    const body = { text, tagset, confidence: true, k_best: CHOICES };
    if (utf8Length(JSON.stringify(text)) + ENVELOPE > this.limits.body_bytes) {
      const most = counted(this.limits.body_bytes, "byte");
      throw new Refused(413, `expected a text of at most ${most}, got a longer one; shorten it, or tag it as a file`);
    }
    const start = performance.now();
    const onWait = (/** @type {number} */ seconds) => {
      this.listener.onTrouble(`The server is busy; asking again in ${counted(seconds, "second")}.`);
    };
    const { sentences } = await askForJson("v1/tag", { body, signal, onWait });
    this.delay = Math.min(Math.max(performance.now() - start, SOONEST), LATEST);
    return sentences;
  }

  /** @param {import("./sentences.js").Sentence[]} sentences */
  #checkLength(sentences) {
    const tokens = sentences.reduce((sum, sentence) => sum + sentence.tokens.length, 0);
    if (tokens <= this.limits.tokens) return;
    const [most, got] = [counted(this.limits.tokens, "token"), tokens.toLocaleString("en")];
    throw new Refused(413, `expected a text of at most ${most}, got ${got}; shorten it, or tag it as a file`);
  }
}

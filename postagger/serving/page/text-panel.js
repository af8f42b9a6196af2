/* The panel of a text: what is typed is tagged, looked at, corrected and saved. */

import { CorrectedText } from "./corrected-text.js";
import { announce, byId, tell } from "./dom.js";
import { Legend } from "./legend.js";
import { LiveTagging } from "./live-tagging.js";
import { saveFile } from "./save.js";
import { SavedCorrections } from "./saved-corrections.js";
import { isCorrected, tagAt } from "./sentences.js";
import { summaryOf } from "./summary.js";
import { TaggedText } from "./tagged-text.js";
import { startTagsetChoice } from "./tagset-choice.js";
import { briefMeaningOf, exampleOf, tagsOf } from "./tagsets.js";
import { TokenCard } from "./token-card.js";
import { byClass } from "./word-classes.js";
import { asConllu } from "./written-sentences.js";

const EXAMPLE = "Time flies like an arrow; fruit flies like a banana. I can can a can, but she can't.";
const TOO_LONG = "This text is too long to be tagged here.";
const QUIET = 1200; /* milliseconds without a key before a screen reader is told */

export class TextPanel {
  /**
   * @param {{tagsets: string[], limits: {body_bytes: number, tokens: number}}} model
   * @param {(text: string) => void} asFile takes a text that is too long
   */
  constructor(model, asFile) {
    this.tagset = model.tagsets[0];
    /** @type {import("./tagsets.js").Tags} */
    this.tags = new Map();
    this.text = new CorrectedText();
    this.saved = new SavedCorrections();
    this.tooLong = false;
    this.tagged = new TaggedText(byId("sentences"));
    this.legend = new Legend(this.tagged);
    this.card = new TokenCard(
      byId("tagged"),
      (token) => this.#details(token),
      (token, tag) => this.#correct(token, tag),
    );
    this.live = new LiveTagging(model.limits, {
      onTagged: (sentences) => this.#show(sentences),
      onTooLong: (reason) => this.#showText(reason),
      onTrouble: (reason) => tell(byId("trouble"), reason),
    });
    startTagsetChoice(model.tagsets, (name) => this.#changeTagset(name));
    this.#listen(asFile);
    if (!byId("text").value) byId("text").value = EXAMPLE;
    this.#changeTagset(this.tagset);
  }

  /** @param {(text: string) => void} asFile */
  #listen(asFile) {
    const text = byId("text");
    text.addEventListener("input", () => this.live.change(text.value, this.tagset));
    byId("clear").addEventListener("click", () => {
      clearText(text);
      this.live.change("", this.tagset, true);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.saved.lacks(this.text.all)) event.preventDefault();
    });
    byId("threshold").addEventListener("input", (/** @type {any} */ event) => {
      this.#changeThreshold(Number(event.target.value));
    });
    byId("undo").addEventListener("click", () => this.#undo());
    byId("tagged").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey) && event.target.matches(".token")) {
        event.preventDefault();
        this.#undo();
      }
    });
    byId("download").addEventListener("click", () => this.#download());
    byId("as-file").addEventListener("click", () => asFile(text.value));
  }

  /** @param {string} name */
  async #changeTagset(name) {
    this.tagset = name;
    try {
      const tags = await tagsOf(name);
      if (this.tagset !== name) return;
      this.tags = tags;
      this.live.change(byId("text").value, name, true);
    } catch (error) {
      tell(byId("trouble"), String(error instanceof Error ? error.message : error));
    }
  }

  /** @param {number} threshold */
  #changeThreshold(threshold) {
    byId("threshold-value").textContent = threshold.toFixed(2);
    this.tagged.setThreshold(threshold);
    this.#renew();
  }

  /** @param {import("./sentences.js").Sentence[]} sentences */
  #show(sentences) {
    this.text.update(sentences);
    this.#showText("");
  }

  /**
   * Shows the sentences, or why none are shown; with their corrections they wait then for a shorter text.
   * @param {string} reason
   */
  #showText(reason) {
    this.tooLong = reason !== "";
    byId("too-long-reason").textContent = reason;
    byId("too-long").hidden = !this.tooLong;
    this.tagged.show(this.#sentences);
    this.card.closeIfGone();
    this.#renew();
    announce(byId("summary").textContent, QUIET);
  }

  /** The sentences that are shown. */
  get #sentences() {
    return this.tooLong ? [] : this.text.all;
  }

  /** Shows what depends on the tags as they are now. */
  #renew() {
    const sentences = this.#sentences;
    const summary = this.tooLong ? TOO_LONG : summaryOf(sentences, this.tagged.threshold);
    this.legend.show(sentences, this.tags);
    byId("summary").textContent = summary;
    byId("undo").disabled = this.tooLong || !this.text.canUndo;
    byId("download").disabled = !sentences.length;
  }

  /** @param {HTMLElement} token */
  #details(token) {
    const { sentence, index } = this.tagged.placeOf(token);
    return {
      word: sentence.tokens[index],
      tag: tagAt(sentence, index),
      said: sentence.tags[index],
      corrected: isCorrected(sentence, index),
      confidence: sentence.confidences[index],
      choices: sentence.choices[index],
      meaning: (/** @type {string} */ tag) => briefMeaningOf(this.tags, tag),
      example: exampleOf(this.tags, tagAt(sentence, index)),
      tags: [...this.tags.keys()].sort(byClass),
    };
  }

  /**
   * @param {HTMLElement} token
   * @param {string} tag
   */
  #correct(token, tag) {
    const { sentence, index } = this.tagged.placeOf(token);
    if (tag === tagAt(sentence, index)) return;
    this.text.correct(sentence, index, tag);
    this.#changed(token, `${sentence.tokens[index]} is ${tag} now`);
  }

  /** Takes back the last correction; the focus stays where it is, or goes to the token if the button can do no more. */
  #undo() {
    const undone = this.text.undo();
    if (!undone) return;
    const token = this.tagged.tokenAt(undone);
    const { sentence, index } = undone;
    const onButton = document.activeElement === byId("undo");
    this.#changed(token, `${sentence.tokens[index]} is ${tagAt(sentence, index)} again`);
    if (onButton && byId("undo").disabled) token.focus();
  }

  /**
   * @param {HTMLElement} token
   * @param {string} said
   */
  #changed(token, said) {
    this.tagged.renew(token);
    this.#renew();
    announce(said);
  }

  #download() {
    const parts = this.text.all.map((sentence, number) => asConllu({
      ...sentence,
      tags: sentence.tags.map((_, index) => tagAt(sentence, index)),
      corrected: new Set([...sentence.tokens.keys()].filter((index) => isCorrected(sentence, index))),
    }, number + 1));
    saveFile("tagged.conllu", parts);
    this.saved.keep(this.text.all);
    announce("tagged.conllu is saved");
  }
}

/**
 * Empties the box as people would: so that the browser can take it back.
 * @param {HTMLTextAreaElement} box
 */
function clearText(box) {
  box.focus();
  box.select();
  document.execCommand("delete");
  if (box.value) box.value = ""; /* a browser that cannot do it so */
}

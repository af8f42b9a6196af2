/* The sentences of the text as it is now: what is corrected in them, kept while the text changes, and taken back. */

import { GoneCorrections } from "./gone-corrections.js";
import { sameEnds } from "./same-ends.js";

/** @typedef {import("./sentences.js").Sentence} Sentence */

/** What makes two sentences look the same. @param {Sentence} sentence */
const lookOf = ({ tagset, text, tokens, glued, opens }) => JSON.stringify([tagset, text, tokens, glued, opens]);

/** The sentences of the text; those that stay the same stay the same objects. */
export class CorrectedText {
  constructor() {
    /** @type {Sentence[]} */
    this.all = [];
    this.gone = new GoneCorrections();
    /** @type {{correction: Map<string, string>, tagset: string, before: string | undefined}[]} */
    this.history = [];
  }

  /**
   * Takes the sentences of a changed text.
   * @param {Sentence[]} sentences
   */
  update(sentences) {
    const before = this.all;
    const [head, tail] = sameEnds(before.map(lookOf), sentences.map(lookOf));
    const removed = before.slice(head, before.length - tail);
    const added = sentences.slice(head, sentences.length - tail);
    this.all = [...before.slice(0, head), ...added, ...before.slice(before.length - tail)];
    carryOver(removed, added);
    this.gone.remember(removed);
    this.gone.recall(added, this.all);
  }

  /**
   * Gives a token a tag; what the tagger says is no correction.
   * @param {Sentence} sentence
   * @param {number} index
   * @param {string} tag
   */
  correct({ tags, tagset, corrections }, index, tag) {
    const correction = corrections[index];
    this.history.push({ correction, tagset, before: correction.get(tagset) });
    put(correction, tagset, tag === tags[index] ? undefined : tag);
  }

  /**
   * Takes back the last correction of a token that is still there.
   * @returns {{sentence: Sentence, index: number} | null} whose it was
   */
  undo() {
    const last = this.history.findLastIndex((one) => this.#placeOf(one));
    if (last < 0) return null;
    const [change] = this.history.splice(last, 1);
    put(change.correction, change.tagset, change.before);
    return this.#placeOf(change);
  }

  /** Whether there is something to take back. */
  get canUndo() {
    return this.history.findLastIndex((one) => this.#placeOf(one)) >= 0;
  }

  /**
   * The token that was corrected, if it is shown with this tagset.
   * @param {{correction: Map<string, string>, tagset: string}} change
   */
  #placeOf({ correction, tagset }) {
    const sentence = this.all.find((one) => one.tagset === tagset && one.corrections.includes(correction));
    return sentence ? { sentence, index: sentence.corrections.indexOf(correction) } : null;
  }
}

/**
 * Tokens that did not change keep their corrections, even if their sentence did, or was split or joined.
 * @param {Sentence[]} removed
 * @param {Sentence[]} added in their place
 */
function carryOver(removed, added) {
  const corrections = removed.flatMap((sentence) => sentence.corrections);
  const before = removed.flatMap(({ tokens }) => tokens);
  const after = added.flatMap(({ tokens }) => tokens);
  const [head, tail] = sameEnds(before, after);
  const more = after.length - before.length;
  let place = 0;
  for (const sentence of added) {
    sentence.corrections = sentence.corrections.map((own) => {
      const here = place++;
      if (here < head) return corrections[here];
      return here >= after.length - tail ? corrections[here - more] : own;
    });
  }
}

/**
 * @param {Map<string, string>} correction
 * @param {string} tagset
 * @param {string | undefined} tag none to correct it no more
 */
function put(correction, tagset, tag) {
  if (tag === undefined) correction.delete(tagset);
  else correction.set(tagset, tag);
}

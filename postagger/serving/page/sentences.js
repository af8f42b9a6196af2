/* Tagged sentences: made of the server's answers, with the corrections that people make. */

import { unitPlaces } from "./code-points.js";
import { counted } from "./dom.js";

/**
 * @typedef {object} Sentence
 * @property {string[]} tokens
 * @property {string[]} tags what the tagger says
 * @property {number[]} confidences
 * @property {[string, number][][]} choices of each token the best tags with their probabilities
 * @property {string} tagset
 * @property {string} text from its first token to its last one
 * @property {boolean[]} glued whether there is no white space after a token
 * @property {boolean} opens whether a paragraph begins with it
 * @property {Map<number, string>} corrections by the number of the token
 */

/**
 * The sentences of a paragraph.
 * @param {string} paragraph
 * @param {any[]} answers the sentences as the server told them
 * @param {string} tagset
 * @returns {Sentence[]}
 */
export function sentencesOf(paragraph, answers, tagset) {
  const place = unitPlaces(paragraph);
  return answers.map((answer, number) => {
    const starts = [];
    const ends = [];
    answer.tokens.forEach((/** @type {string} */ _, /** @type {number} */ index) => {
      starts.push(place(answer.starts[index]));
      ends.push(place(answer.ends[index]));
    });
    return {
      tokens: answer.tokens,
      tags: answer.tags,
      confidences: answer.confidences || [],
      choices: answer.k_best || [],
      tagset,
      text: paragraph.slice(starts[0], ends[ends.length - 1]),
      glued: ends.map((end) => /\S/.test(paragraph.charAt(end))),
      opens: number === 0,
      corrections: new Map(),
    };
  });
}

/**
 * The tag of a token as it stands: the correction, or else what the tagger says.
 * @param {Sentence} sentence
 * @param {number} index
 */
export function tagAt(sentence, index) {
  return sentence.corrections.get(index) || sentence.tags[index];
}

/**
 * How sure the tagger is of a token.
 * @param {Sentence} sentence
 * @param {number} index
 */
export function confidenceAt(sentence, index) {
  const confidence = sentence.confidences[index];
  return confidence === undefined ? 1 : confidence;
}

/**
 * Whether a person should look at a token: the tagger is less sure, and nobody has corrected it.
 * @param {Sentence} sentence
 * @param {number} index
 * @param {number} threshold
 */
export function isUnsure(sentence, index, threshold) {
  return confidenceAt(sentence, index) < threshold && !sentence.corrections.has(index);
}

/**
 * What there is, in words.
 * @param {Sentence[]} sentences
 * @param {number} threshold
 */
export function summaryOf(sentences, threshold) {
  let [tokens, unsure, corrected] = [0, 0, 0];
  for (const sentence of sentences) {
    tokens += sentence.tokens.length;
    unsure += sentence.tokens.filter((_, index) => isUnsure(sentence, index, threshold)).length;
    corrected += sentence.corrections.size;
  }
  if (!tokens) return "Nothing to tag yet.";
  const sure = `${unsure.toLocaleString("en")} less sure than ${threshold.toFixed(2)}`;
  const byHand = corrected ? [`${corrected.toLocaleString("en")} corrected by hand`] : [];
  return [counted(sentences.length, "sentence"), counted(tokens, "token"), sure, ...byHand].join(", ");
}

/** What makes two sentences the same to people who correct them. @param {Sentence} sentence */
const keyOf = ({ tagset, text, tokens }) => JSON.stringify([tagset, text, tokens]);

/** What makes them look the same, too. @param {Sentence} sentence */
const lookOf = ({ glued, opens, ...sentence }) => `${keyOf(sentence)}${glued}${opens}`;

/** The sentences of the text as it is now; those that stay the same stay the same objects, with their corrections. */
export class Sentences {
  constructor() {
    /** @type {Sentence[]} */
    this.all = [];
    /** @type {Map<string, Map<number, string>[]>} corrections of sentences that are gone, should they return */
    this.gone = new Map();
    /** @type {{corrections: Map<number, string>, index: number, before: string | undefined}[]} */
    this.history = [];
  }

  /**
   * Takes the sentences of a changed text.
   * @param {Sentence[]} sentences
   */
  update(sentences) {
    const before = this.all;
    const [head, tail] = sameEnds(before.map(lookOf), sentences.map(lookOf));
    this.all = [
      ...before.slice(0, head),
      ...sentences.slice(head, sentences.length - tail),
      ...before.slice(before.length - tail),
    ];
    before.slice(head, before.length - tail).forEach((sentence) => this.#remember(sentence));
    sentences.slice(head, sentences.length - tail).forEach((sentence) => this.#recall(sentence));
  }

  /**
   * Gives a token a tag; what the tagger says is no correction.
   * @param {Sentence} sentence
   * @param {number} index
   * @param {string} tag
   */
  correct(sentence, index, tag) {
    const { corrections } = sentence;
    this.history.push({ corrections, index, before: corrections.get(index) });
    if (tag === sentence.tags[index]) corrections.delete(index);
    else corrections.set(index, tag);
  }

  /**
   * Takes back the last correction in a sentence that is still there.
   * @returns {{sentence: Sentence, index: number} | null} whose it was
   */
  undo() {
    const last = this.history.findLastIndex(({ corrections }) => this.#owner(corrections));
    if (last < 0) return null;
    const [{ corrections, index, before }] = this.history.splice(last, 1);
    if (before === undefined) corrections.delete(index);
    else corrections.set(index, before);
    return { sentence: this.#owner(corrections), index };
  }

  /** Whether there is something to take back. */
  get canUndo() {
    return this.history.some(({ corrections }) => this.#owner(corrections));
  }

  /** @param {Map<number, string>} corrections */
  #owner(corrections) {
    return this.all.find((sentence) => sentence.corrections === corrections);
  }

  /** @param {Sentence} sentence */
  #remember(sentence) {
    if (!sentence.corrections.size) return;
    const key = keyOf(sentence);
    this.gone.set(key, [...(this.gone.get(key) || []), sentence.corrections]);
  }

  /** @param {Sentence} sentence */
  #recall(sentence) {
    const [corrections, ...others] = this.gone.get(keyOf(sentence)) || [];
    if (!corrections) return;
    sentence.corrections = corrections;
    if (others.length) this.gone.set(keyOf(sentence), others);
    else this.gone.delete(keyOf(sentence));
  }
}

/**
 * How many items are the same at the beginning and at the end of two lists.
 * @param {string[]} one
 * @param {string[]} other
 * @returns {[number, number]}
 */
function sameEnds(one, other) {
  const most = Math.min(one.length, other.length);
  let head = 0;
  while (head < most && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < most - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return [head, tail];
}

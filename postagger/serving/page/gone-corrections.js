/* Corrections of sentences that are gone, should they return. */

/** @typedef {import("./sentences.js").Sentence} Sentence */

/** What makes two sentences the same to people who correct them. @param {Sentence} sentence */
const keyOf = ({ text, tokens }) => JSON.stringify([text, tokens]);

export class GoneCorrections {
  constructor() {
    /** @type {Map<string, Map<string, string>[][]>} */
    this.known = new Map();
  }

  /**
   * Remembers what was corrected in sentences.
   * @param {Sentence[]} sentences
   */
  remember(sentences) {
    for (const sentence of sentences) {
      const { corrections } = sentence;
      if (!corrections.some(({ size }) => size)) continue;
      const known = this.known.get(keyOf(sentence)) || [];
      const same = known.some((one) => one.every((correction, index) => correction === corrections[index]));
      if (!same) this.known.set(keyOf(sentence), [...known, corrections]);
    }
  }

  /**
   * Gives sentences what was corrected in them, where that is not at another place now.
   * @param {Sentence[]} sentences new in the text
   * @param {Sentence[]} all of the text
   */
  recall(sentences, all) {
    if (!this.known.size) return;
    const used = new Set(all.flatMap(({ corrections }) => corrections));
    for (const sentence of sentences) {
      const isFree = (/** @type {Map<string, string>} */ one) => one.size > 0 && !used.has(one);
      const found = (this.known.get(keyOf(sentence)) || []).find((corrections) => corrections.some(isFree));
      if (!found) continue;
      sentence.corrections = sentence.corrections.map((own, index) => {
        return own.size || !isFree(found[index]) ? own : found[index];
      });
      sentence.corrections.forEach((one) => used.add(one));
    }
  }
}

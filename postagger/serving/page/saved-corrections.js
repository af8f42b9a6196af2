/* Corrections that people have saved, and whether they would lose others. */

/** @typedef {import("./sentences.js").Sentence} Sentence */

export class SavedCorrections {
  constructor() {
    /** @type {WeakMap<Map<string, string>, Map<string, string>>} what was saved of the corrections of a token */
    this.known = new WeakMap();
  }

  /**
   * What is corrected in the tagset that is shown is saved as it is now.
   * @param {Sentence[]} sentences
   */
  keep(sentences) {
    for (const { tagset, corrections } of sentences) {
      for (const one of corrections) {
        const tag = one.get(tagset);
        if (tag) this.known.set(one, new Map(this.known.get(one)).set(tagset, tag));
      }
    }
  }

  /**
   * Whether something is corrected, in whatever tagset, that was not saved since.
   * @param {Sentence[]} sentences
   */
  lacks(sentences) {
    return sentences.some(({ corrections }) => !corrections.every((one) => this.#holds(one)));
  }

  /** @param {Map<string, string>} correction */
  #holds(correction) {
    const saved = this.known.get(correction);
    return [...correction].every(([tagset, tag]) => Boolean(saved) && saved.get(tagset) === tag);
  }
}

/* Tagged sentences: made of the server's answers, with what people have corrected in them. */

import { unitPlaces } from "./code-points.js";

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
 * @property {Map<string, string>[]} corrections of each token the tags that people gave it, by tagset
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
      corrections: answer.tokens.map(() => new Map()),
    };
  });
}

/**
 * The tag of a token as it stands: the correction, or else what the tagger says.
 * @param {Sentence} sentence
 * @param {number} index
 */
export function tagAt(sentence, index) {
  return sentence.corrections[index].get(sentence.tagset) || sentence.tags[index];
}

/**
 * Whether a person gave a token its tag.
 * @param {Sentence} sentence
 * @param {number} index
 */
export function isCorrected(sentence, index) {
  return sentence.corrections[index].has(sentence.tagset);
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
  return confidenceAt(sentence, index) < threshold && !isCorrected(sentence, index);
}

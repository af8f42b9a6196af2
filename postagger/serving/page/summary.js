/* What a tagged text holds, in words. */

import { counted } from "./dom.js";
import { isUnsure } from "./sentences.js";
import { TAGSET_NAMES } from "./tagsets.js";

/**
 * What there is, in words.
 * @param {import("./sentences.js").Sentence[]} sentences
 * @param {number} threshold
 */
export function summaryOf(sentences, threshold) {
  if (!sentences.length) return "Nothing to tag yet.";
  let [tokens, unsure] = [0, 0];
  for (const sentence of sentences) {
    tokens += sentence.tokens.length;
    unsure += sentence.tokens.filter((_, index) => isUnsure(sentence, index, threshold)).length;
  }
  const sure = `${unsure.toLocaleString("en")} less sure than ${threshold.toFixed(2)}`;
  const byHand = correctionsOf(sentences);
  return [counted(sentences.length, "sentence"), counted(tokens, "token"), sure, ...byHand].join(", ");
}

/**
 * How many corrections there are; those of the tagsets that are not shown are told by the names of these.
 * @param {import("./sentences.js").Sentence[]} sentences
 */
function correctionsOf(sentences) {
  const shown = sentences[0].tagset;
  const tagsets = sentences.flatMap(({ corrections }) => corrections.flatMap((one) => [...one.keys()]));
  const counts = [...Map.groupBy(tagsets, (tagset) => tagset)].sort(([one]) => (one === shown ? -1 : 1));
  return counts.map(([tagset, { length }]) => {
    const where = tagset === shown ? "" : ` in ${TAGSET_NAMES[tagset] || tagset}`;
    return `${length.toLocaleString("en")} corrected by hand${where}`;
  });
}

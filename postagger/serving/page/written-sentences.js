/* Tagged sentences as text: word/TAG, TSV, CoNLL-U, as the command line writes them. */

import { isWord } from "./conllu.js";
import { conlluTag } from "./tagsets.js";

/**
 * @typedef {object} Tagged
 * @property {string[]} tokens
 * @property {string[]} tags
 * @property {string} tagset
 * @property {number[]} [confidences] left out where they are not wanted
 * @property {Set<number>} [corrected] the numbers of the tokens whose tags people gave
 * @property {string} [text] as it was written, if it was raw text
 * @property {boolean[]} [glued] whether there is no white space after a token
 * @property {import("./conllu.js").ConlluSentence} [source] if it was CoNLL-U
 */

const MISC = 9;
const MARKS = ["Corrected", "Confidence", "KBest", "Check"]; /* in MISC, of a tag that is replaced here */

/** @type {Record<string, (sentence: Tagged, number: number) => string>} */
export const WRITERS = { tagged: asTagged, tsv: asTsv, conllu: asConllu };

/** @param {Tagged} sentence */
function asTagged({ tokens, tags }) {
  return `${tokens.map((token, index) => `${token}/${tags[index]}`).join(" ")}\n`;
}

/** @param {Tagged} sentence */
function asTsv({ tokens, tags, confidences }) {
  const rows = tokens.map((token, index) => {
    const row = [token, tags[index]];
    if (confidences) row.push(confidences[index].toFixed(4));
    return `${row.join("\t")}\n`;
  });
  return `${rows.join("")}\n`;
}

/**
 * @param {Tagged} sentence
 * @param {number} number from 1
 */
export function asConllu(sentence, number) {
  const { comments, rows } = sentence.source || newSource(sentence, number);
  if (!rows.length) return "";
  let index = 0;
  const lines = rows.map((row) => (isWord(row) ? taggedRow(row, sentence, index++) : row).join("\t"));
  return `${[...comments, ...lines].join("\n")}\n\n`;
}

/**
 * @param {string[]} row
 * @param {Tagged} sentence
 * @param {number} index
 */
function taggedRow(row, { tags, tagset, confidences, corrected, glued }, index) {
  const made = [...row];
  const [tag, column] = conlluTag(tags[index], tagset);
  made[column] = tag;
  const said = [];
  if (glued && glued[index]) said.push("SpaceAfter=No");
  if (corrected && corrected.has(index)) said.push("Corrected=Yes");
  else if (confidences) said.push(`Confidence=${confidences[index].toFixed(4)}`);
  const replaced = [...MARKS, ...said.map((one) => one.split("=")[0])];
  const others = row[MISC].split("|").filter((one) => one !== "_" && !replaced.includes(one.split("=")[0]));
  made[MISC] = [...others, ...said].join("|") || "_";
  return made;
}

/**
 * @param {Tagged} sentence
 * @param {number} number
 */
function newSource({ tokens, text }, number) {
  const blank = ["_", "_", "_", "_", "_", "_", "_", "_"];
  const told = text === undefined ? [] : [`# sent_id = ${number}`, `# text = ${text.replace(/\s+/g, " ")}`];
  return { comments: told, rows: tokens.map((token, index) => [String(index + 1), token, ...blank]) };
}

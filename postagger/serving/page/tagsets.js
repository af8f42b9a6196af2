/* Tagsets: their names for people, the tags they have and what these mean. */

import { askForJson } from "./connection.js";

/** What people call the tagsets. */
export const TAGSET_NAMES = { ptb: "Penn", universal: "Universal", ud: "UD" };

/** @typedef {Map<string, {tag: string, meaning: string, example: string}>} Tags by tag */

/** @type {Map<string, Promise<Tags>>} */
const known = new Map();

/**
 * The tags of a tagset; the server is asked once.
 * @param {string} name
 * @returns {Promise<Tags>}
 */
export function tagsOf(name) {
  const before = known.get(name);
  if (before) return before;
  const asked = askForJson(`v1/tagset?tagset=${encodeURIComponent(name)}`)
    .then(({ tags }) => new Map(tags.map((/** @type {any} */ one) => [one.tag, one])));
  known.set(name, asked);
  asked.catch(() => known.delete(name));
  return asked;
}

/**
 * A tag in words; the empty text for a tag that is not known.
 * @param {Tags} tags
 * @param {string} tag
 */
export function meaningOf(tags, tag) {
  const known = tags.get(tag);
  return known ? known.meaning : "";
}

/**
 * The meaning of a tag without the words that follow it as examples.
 * @param {Tags} tags
 * @param {string} tag
 */
export function briefMeaningOf(tags, tag) {
  return meaningOf(tags, tag).split(": ")[0];
}

/**
 * An example of a tag in parts: before the word that has it, the word, what comes after it; none for a tag without one.
 * @param {Tags} tags
 * @param {string} tag
 * @returns {string[]}
 */
export function exampleOf(tags, tag) {
  const known = tags.get(tag);
  const parts = /^([^*]*)\*(.+)\*([^*]*)$/.exec((known && known.example) || "");
  return parts ? parts.slice(1) : [];
}

/** How Universal Dependencies spell three of the twelve universal tags. */
const UD_NAMES = { ".": "PUNCT", CONJ: "CCONJ", PRT: "PART" };

/**
 * A tag as CoNLL-U has it, and the column it belongs to, counted from 0.
 * @param {string} tag
 * @param {string} tagset
 * @returns {[string, number]}
 */
export function conlluTag(tag, tagset) {
  if (tagset === "ptb") return [tag, 4];
  return [UD_NAMES[tag] || tag, 3];
}

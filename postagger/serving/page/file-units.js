/* What a file is made of: stretches that are never cut, each with what the server is asked about it. */

import { conlluSentences, isWord } from "./conllu.js";
import { utf8Length } from "./code-points.js";
import { cutParagraph, paragraphsOf } from "./paragraphs.js";

/**
 * @typedef {object} Unit
 * @property {string | string[]} asked a paragraph, or the tokens of a sentence
 * @property {number} tokens how many it has at most
 * @property {number} read the bytes of the file it takes, about
 * @property {number} [line] where it begins, counted from 1
 * @property {import("./conllu.js").ConlluSentence} [source]
 */

/** @type {Record<string, (file: Blob, longest: number) => AsyncGenerator<Unit>>} */
export const UNITS = { text: paragraphUnits, tokens: lineUnits, conllu: conlluUnits };

/**
 * @param {Blob} file
 * @param {number} longest the most characters of a paragraph
 * @returns {AsyncGenerator<Unit>}
 */
async function* paragraphUnits(file, longest) {
  let held = "";
  for await (const text of texts(file)) {
    const parts = paragraphsOf(held + text).flatMap((paragraph) => cutParagraph(paragraph, longest));
    held = parts.pop() || ""; /* the next text may belong to it */
    yield* parts.map(paragraphUnit);
  }
  if (held) yield paragraphUnit(held);
}

/** @param {string} paragraph */
function paragraphUnit(paragraph) {
  return { asked: paragraph, tokens: paragraph.length, read: utf8Length(paragraph) };
}

/** @param {Blob} file */
async function* lineUnits(file) {
  for await (const { number, line } of lines(file)) {
    const asked = line.split(/[ \t]+/).filter((token) => token !== "");
    yield { asked, tokens: Math.max(asked.length, 1), read: utf8Length(line) + 1, line: number };
  }
}

/** @param {Blob} file */
async function* conlluUnits(file) {
  for await (const { comments, rows, line } of conlluSentences(lines(file))) {
    const asked = rows.filter(isWord).map((row) => row[1]);
    const read = utf8Length(rows.join("\n"));
    yield { asked, tokens: Math.max(asked.length, 1), read, line, source: { comments, rows } };
  }
}

/**
 * The lines of a file, numbered from 1, without their ends.
 * @param {Blob} file
 */
async function* lines(file) {
  let held = "";
  let number = 0;
  for await (const text of texts(file)) {
    const all = (held + text).split("\n");
    held = all.pop() || "";
    for (const line of all) yield { number: (number += 1), line: line.replace(/\r+$/, "") };
  }
  if (held) yield { number: number + 1, line: held.replace(/\r+$/, "") };
}

/**
 * A file piece by piece, as text.
 * @param {Blob} file
 * @returns {AsyncGenerator<string>}
 * @throws {Error} it is not UTF-8, or cannot be read
 */
async function* texts(file) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      yield decoder.decode(value, { stream: !done });
      if (done) return;
    }
  } catch (error) {
    throw new Error(error instanceof TypeError
      ? "expected UTF-8 text, got other bytes; save the file as UTF-8"
      : "expected a file that can be read, got one that cannot; choose it again");
  } finally {
    reader.releaseLock();
  }
}

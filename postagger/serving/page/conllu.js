/* CoNLL-U, read whole, so that it can be written again with other tags. */

/**
 * @typedef {object} ConlluSentence
 * @property {string[]} comments
 * @property {string[][]} rows the ten fields of every line, ranges and empty nodes included
 */

const FIELDS = 10;

/**
 * The sentences of the lines of a CoNLL-U file, one after the other.
 * @param {AsyncIterable<{number: number, line: string}>} lines
 * @returns {AsyncGenerator<ConlluSentence & {line: number}>}
 * @throws {Error} a line breaks the format; the message names it
 */
export async function* conlluSentences(lines) {
  let sentence = { comments: [], rows: [], line: 1 };
  let words = 0;
  for await (const { number, line } of lines) {
    if (!line.trim()) {
      if (sentence.rows.length) yield sentence;
      sentence = { comments: [], rows: [], line: number + 1 };
      words = 0;
    } else if (line.startsWith("#") && !sentence.rows.length) {
      sentence.comments.push(line);
    } else {
      const row = checkedRow(line, number, words);
      words += Number(isWord(row));
      sentence.rows.push(row);
    }
  }
  if (sentence.rows.length) yield sentence;
}

/**
 * Whether a row is a word, and neither a range nor an empty node.
 * @param {string[]} row
 */
export function isWord(row) {
  return /^\d+$/.test(row[0]);
}

/**
 * @param {string} line
 * @param {number} number
 * @param {number} words before it
 */
function checkedRow(line, number, words) {
  const row = line.split("\t");
  const wrong = whatIsWrong(row, words);
  if (!wrong) return row;
  throw new Error(`line ${number}: expected ${wrong}; mend the line, or say that the file holds something else`);
}

/**
 * @param {string[]} row
 * @param {number} words before it
 */
function whatIsWrong(row, words) {
  const [id] = row;
  if (row.length !== FIELDS) return `${FIELDS} fields separated by single tabs, got ${row.length}`;
  if (row.includes("")) return "no empty field, got one";
  if (isWord(row)) return Number(id) === words + 1 ? "" : `the word number ${words + 1}, got ${id}`;
  if (/^\d+[-.]\d+$/.test(id)) return "";
  return `a number (3), a range (3-4) or an empty node (3.1), got ${id.slice(0, 40)}`;
}

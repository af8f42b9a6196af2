/* A file, tagged: sent in pieces below the server's limits, one after the other, so that the order stays. */

import { askForJson, Refused } from "./connection.js";
import { UNITS } from "./file-units.js";
import { utf8Length } from "./code-points.js";
import { sentencesOf } from "./sentences.js";
import { WRITERS } from "./written-sentences.js";

const MOST_CHARACTERS = 20_000;
const MOST_TOKENS = 5_000;

/**
 * @typedef {object} Job
 * @property {Blob} file
 * @property {"text" | "tokens" | "conllu"} kind what the file holds
 * @property {string} tagset
 * @property {"tagged" | "tsv" | "conllu"} output
 * @property {boolean} confidences whether they are wanted
 * @property {{body_bytes: number, tokens: number}} limits
 * @property {AbortSignal} signal
 * @property {(sentences: number, part: number) => void} onProgress told how many there are, and which part is read
 * @property {(seconds: number) => void} onWait told when the server is busy
 */

/**
 * Tags a file.
 * @param {Job} job
 * @returns {Promise<{parts: string[], sentences: number, tokens: number}>} the tagged file in parts
 * @throws {Error} the file breaks its format, or the server refuses it
 */
export async function tagFile(job) {
  const done = { parts: [], sentences: 0, tokens: 0, read: 0 };
  for await (const piece of pieces(job)) {
    const tagged = await taggedPiece(piece, job);
    const written = tagged.map((one, index) => WRITERS[job.output](one, done.sentences + index + 1));
    done.parts.push(written.join(""));
    done.sentences += tagged.length;
    done.tokens += tagged.reduce((sum, { tokens }) => sum + tokens.length, 0);
    done.read += piece.reduce((sum, { read }) => sum + read, 0);
    job.onProgress(done.sentences, Math.min(done.read / job.file.size, 1));
  }
  return done;
}

/**
 * Units that are sent together.
 * @param {Job} job
 * @returns {AsyncGenerator<import("./file-units.js").Unit[]>}
 */
async function* pieces({ file, kind, limits }) {
  /* A token has a character at least: so many characters are never too many tokens. */
  const mostTokens = Math.min(limits.tokens, kind === "text" ? MOST_CHARACTERS : MOST_TOKENS);
  const mostBytes = limits.body_bytes - 1_000;
  let [piece, tokens, bytes] = [[], 0, 0];
  for await (const unit of UNITS[kind](file, Math.min(mostTokens, Math.floor(mostBytes / 8)))) {
    const size = utf8Length(JSON.stringify(unit.asked)) + 1;
    if (piece.length && (tokens + unit.tokens > mostTokens || bytes + size > mostBytes)) {
      yield piece;
      [piece, tokens, bytes] = [[], 0, 0];
    }
    piece.push(unit);
    tokens += unit.tokens;
    bytes += size;
  }
  if (piece.length) yield piece;
}

/**
 * @param {import("./file-units.js").Unit[]} piece
 * @param {Job} job
 * @returns {Promise<import("./written-sentences.js").Tagged[]>}
 */
async function taggedPiece(piece, job) {
  const { kind, tagset, confidences, signal, onWait } = job;
  const asked = piece.map((unit) => unit.asked);
  const body = { [kind === "text" ? "text" : "tokens"]: asked, tagset, confidence: confidences };
  let answer;
  try {
    answer = await askForJson("v1/tag", { body, signal, onWait });
  } catch (error) {
    if (error instanceof Refused && piece[0].line) throw new Error(`from line ${piece[0].line} on: ${error.message}`);
    throw error;
  }
  return kind === "text" ? ofText(piece, answer, job) : ofTokens(piece, answer, job);
}

/**
 * @param {import("./file-units.js").Unit[]} piece
 * @param {any} answer
 * @param {Job} job
 */
function ofText(piece, answer, { tagset, confidences }) {
  const byText = Map.groupBy(answer.sentences, (/** @type {any} */ one) => one.text || 0);
  return piece.flatMap(({ asked }, number) => (
    sentencesOf(String(asked), byText.get(number) || [], tagset).map((one) => ({
      ...one, confidences: confidences ? one.confidences : undefined,
    }))
  ));
}

/**
 * @param {import("./file-units.js").Unit[]} piece
 * @param {any} answer
 * @param {Job} job
 */
function ofTokens(piece, answer, { tagset, confidences }) {
  return piece.map(({ asked, source }, index) => {
    const { tags, confidences: sure } = answer.sentences[index];
    return { tokens: [...asked], tags, tagset, confidences: confidences ? sure || [] : undefined, source };
  });
}

/* What a file holds, told by its name, else by how it begins. */

const ENDINGS = { conllu: "conllu", tok: "tokens", tokens: "tokens", tokenized: "tokens" };
const LOOKED_AT = 65_536;

/**
 * "text", "tokens" or "conllu".
 * @param {File} file
 * @returns {Promise<string>}
 */
export async function kindOf(file) {
  const ending = file.name.toLowerCase().split(".").pop() || "";
  return ENDINGS[ending] || kindOfText(await file.slice(0, LOOKED_AT).text());
}

/** @param {string} text */
function kindOfText(text) {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim() !== "");
  const first = lines.find((line) => !line.startsWith("#"));
  if (first && first.split("\t").length === 10 && /^\d/.test(first)) return "conllu";
  return isTokens(lines) ? "tokens" : "text";
}

/**
 * Whether punctuation stands apart from the words, as tokens do.
 * @param {string[]} lines
 */
function isTokens(lines) {
  const ended = lines.filter((line) => /[.?!]["'”’)]*\s*$/.test(line));
  const apart = ended.filter((line) => /(?:^|\s)[.?!](?:\s+["'”’)]+)*\s*$/.test(line));
  return apart.length > 0 && apart.length >= 0.8 * ended.length;
}

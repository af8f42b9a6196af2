/* Raw text in paragraphs: a blank line ends a sentence, as it does on the command line. */

const PARAGRAPH = /(?:[^\n]*\S[^\n]*(?:\n|$))*(?:[^\S\n]*\n|[^\S\n]+$)?/g;

/**
 * The paragraphs of a text: lines up to a blank one, which belongs to them. Together they are the text.
 * @param {string} text
 * @returns {string[]}
 */
export function paragraphsOf(text) {
  return (text.match(PARAGRAPH) || []).filter((paragraph) => paragraph !== "");
}

/**
 * Parts of a paragraph that are not too long: cut at a line's end if there is one, else after a sentence, else
 * between words. Together they are the paragraph.
 * @param {string} paragraph
 * @param {number} longest in UTF-16 units
 * @returns {string[]}
 */
export function cutParagraph(paragraph, longest) {
  const parts = [];
  let start = 0;
  while (paragraph.length - start > longest) {
    const length = placeToCut(paragraph.slice(start, start + longest));
    parts.push(paragraph.slice(start, start + length));
    start += length;
  }
  parts.push(paragraph.slice(start));
  return parts;
}

/** @param {string} stretch */
function placeToCut(stretch) {
  for (const end of [/\n/g, /[.?!]\s/g, /\s/g]) {
    const places = [...stretch.matchAll(end)].map((found) => found.index + found[0].length);
    if (places.length) return places[places.length - 1];
  }
  const last = stretch.charCodeAt(stretch.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? stretch.length - 1 : stretch.length; /* not within a character */
}

/* Tags by word class, whatever their tagset: what gives them their colours and the order of the legend. */

const CLASSES = {
  noun: "NOUN NN NNS",
  name: "PROPN NNP NNPS",
  pronoun: "PRON PRP PRP$ WP WP$",
  verb: "VERB AUX VB VBD VBG VBN VBP VBZ MD",
  adjective: "ADJ JJ JJR JJS AFX",
  adverb: "ADV RB RBR RBS WRB",
  determiner: "DET DT PDT WDT EX",
  preposition: "ADP IN",
  conjunction: "CONJ CCONJ SCONJ CC",
  particle: "PRT PART POS RP TO",
  number: "NUM CD",
  other: "X INTJ SYM ADD FW GW LS UH XX",
  punctuation: ". PUNCT , : `` '' -LRB- -RRB- # $ HYPH NFP",
};

const NAMES = Object.keys(CLASSES);
const CLASS_OF = new Map(
  Object.entries(CLASSES).flatMap(([name, tags]) => tags.split(" ").map((tag) => [tag, name])),
);

/**
 * The word class of a tag; "other" for tags that are not known here.
 * @param {string} tag
 * @returns {string}
 */
export function classOf(tag) {
  return CLASS_OF.get(tag) || "other";
}

/**
 * Tags by word class, then by the alphabet.
 * @param {string} one
 * @param {string} other
 */
export function byClass(one, other) {
  return NAMES.indexOf(classOf(one)) - NAMES.indexOf(classOf(other)) || (one < other ? -1 : Number(one > other));
}

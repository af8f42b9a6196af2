/* A tag in the colour of its word class. */

import { element } from "./dom.js";
import { classOf } from "./word-classes.js";

/** @param {string} tag */
export function tagChip(tag) {
  return element("span", { class: "tag", "data-class": classOf(tag) }, tag);
}

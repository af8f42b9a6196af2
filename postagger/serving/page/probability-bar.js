/* A probability, for the eye. */

import { element } from "./dom.js";

/**
 * A probability as a number with a bar.
 * @param {number} probability
 */
export function probabilityBar(probability) {
  const bar = element("span", { class: "bar" });
  bar.style.setProperty("--part", `${(100 * probability).toFixed(1)}%`);
  return element("span", { class: "probability" }, probability < 0.005 ? "<0.01" : probability.toFixed(2), bar);
}

/* The choice of a tagset among those of the model. */

import { byId, element } from "./dom.js";
import { TAGSET_NAMES } from "./tagsets.js";

/**
 * Shows the choice; the first one is chosen.
 * @param {string[]} names
 * @param {(name: string) => void} choose told when another one is chosen
 */
export function startTagsetChoice(names, choose) {
  const box = byId("tagsets");
  names.forEach((name, number) => {
    const radio = element("input", { type: "radio", name: "tagset", value: name });
    radio.checked = number === 0;
    radio.addEventListener("change", () => choose(name));
    box.append(element("label", {}, radio, element("span", {}, TAGSET_NAMES[name] || name)));
  });
}

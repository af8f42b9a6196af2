/* A list of tags to choose from: the probable ones first; arrow keys, Home, End, letters, Enter. */

import { element } from "./dom.js";
import { probabilityBar } from "./probability-bar.js";
import { tagChip } from "./tag-chip.js";

const LETTERS_TOGETHER = 700; /* milliseconds within which letters are one word */

/**
 * The list for a token, which is to be shown and focused.
 * @param {import("./token-card.js").Details} details
 * @param {(tag: string) => void} choose
 * @returns {HTMLElement}
 */
export function startTagList(details, choose) {
  const options = optionsOf(details);
  const list = element("ul", { role: "listbox", tabindex: "0", class: "choices tags" }, ...options);
  list.setAttribute("aria-label", "Tags, the probable ones first");
  let active = Math.max(options.findIndex((option) => option.dataset.tag === details.tag), 0);
  const activate = (/** @type {number} */ number) => {
    options.forEach((option, other) => option.classList.toggle("active", other === number));
    active = number;
    list.setAttribute("aria-activedescendant", options[number].id);
    options[number].scrollIntoView({ block: "nearest" });
  };
  const find = letterFinder(options);
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.dataset.tag);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(options[active].dataset.tag);
      return;
    }
    const there = moved(event.key, active, options.length) ?? find(event, active);
    if (there === undefined) return;
    event.preventDefault();
    activate(there);
  });
  list.addEventListener("focus", () => activate(active), { once: true });
  return list;
}

/** @param {import("./token-card.js").Details} details */
function optionsOf({ tag: current, said, corrected, choices, tags, meaning }) {
  const probable = new Map(choices);
  const others = tags.filter((tag) => !probable.has(tag));
  return [...probable.keys(), ...others].map((tag, number) => {
    const probability = probable.get(tag);
    const meant = corrected && tag === said ? `${meaning(tag)} (as the tagger said)` : meaning(tag);
    return element(
      "li",
      { role: "option", id: `option-${number}`, "data-tag": tag, "aria-selected": String(tag === current) },
      tagChip(tag),
      element("span", {}, meant),
      ...(probability === undefined ? [] : [probabilityBar(probability)]),
    );
  });
}

/**
 * @param {string} key
 * @param {number} here
 * @param {number} count
 * @returns {number | undefined}
 */
function moved(key, here, count) {
  return {
    ArrowDown: Math.min(here + 1, count - 1),
    ArrowUp: Math.max(here - 1, 0),
    PageDown: Math.min(here + 8, count - 1),
    PageUp: Math.max(here - 8, 0),
    Home: 0,
    End: count - 1,
  }[key];
}

/**
 * Finds the tag that begins with the letters that are typed.
 * @param {HTMLElement[]} options
 * @returns {(event: KeyboardEvent, active: number) => number | undefined}
 */
function letterFinder(options) {
  let typed = "";
  let last = 0;
  return (event, active) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    typed = (event.timeStamp - last < LETTERS_TOGETHER ? typed : "") + event.key.toUpperCase();
    last = event.timeStamp;
    const begins = (/** @type {HTMLElement} */ option) => option.dataset.tag.startsWith(typed);
    const exact = options.findIndex((option) => option.dataset.tag === typed);
    if (exact >= 0) return exact;
    const next = options.findIndex((option, number) => number > active - Number(typed.length > 1) && begins(option));
    const found = next >= 0 ? next : options.findIndex(begins);
    return found >= 0 ? found : undefined;
  };
}

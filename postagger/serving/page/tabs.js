/* Tabs: one panel at a time; arrow keys, Home and End move between them. */

import { byId } from "./dom.js";

/** @returns {HTMLElement[]} */
const tabs = () => [...document.querySelectorAll('[role="tab"]')];

/** Makes the tabs of the page work. */
export function startTabs() {
  for (const tab of tabs()) {
    tab.addEventListener("click", () => showTab(tab.id));
    tab.addEventListener("keydown", move);
  }
}

/**
 * Shows the panel of a tab.
 * @param {string} id of the tab
 */
export function showTab(id) {
  for (const tab of tabs()) {
    const chosen = tab.id === id;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
}

/** @param {KeyboardEvent} event */
function move(event) {
  const all = tabs();
  const here = all.indexOf(event.currentTarget);
  const there = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: all.length - 1 }[event.key];
  if (there === undefined) return;
  event.preventDefault();
  const tab = all[(there + all.length) % all.length];
  showTab(tab.id);
  tab.focus();
}

/* The access token, where the server wants one: asked for in the page, kept for this tab alone. */

import { byId } from "./dom.js";

const KEY = "postagger-access-token";

/** @type {Promise<void> | null} */
let asking = null;

/** The headers that show the token, if there is one. */
export function accessHeaders() {
  const token = sessionStorage.getItem(KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/**
 * Asks for a token; all who ask at the same time wait for the same answer.
 * @param {string | undefined} refused the Authorization header that was not accepted, if one was sent
 * @returns {Promise<void>}
 */
export function askForToken(refused) {
  const now = accessHeaders().Authorization;
  if (now !== refused) return Promise.resolve(); /* somebody else has given one meanwhile */
  asking = asking || entered(Boolean(refused)).finally(() => { asking = null; });
  return asking;
}

/** @param {boolean} again whether a token was refused */
function entered(again) {
  const form = byId("access");
  const field = byId("access-token");
  if (again) byId("access-title").textContent = "The server does not accept this access token";
  form.hidden = false;
  const before = document.activeElement;
  field.value = "";
  field.focus();
  return new Promise((resolve) => {
    form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!field.reportValidity()) return;
      sessionStorage.setItem(KEY, field.value.trim());
      field.value = "";
      form.hidden = true;
      (before instanceof HTMLElement && before !== document.body ? before : byId("tab-text")).focus();
      resolve(undefined);
    };
  });
}

/* Elements by name, and what is said to those who do not see the page. */

/**
 * The element of this id; the page is written so that there is one.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * A new element. Texts go in as text, never as HTML.
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Shows a message in its place, or hides the place if there is none.
 * @param {HTMLElement} place
 * @param {string} [message]
 */
export function tell(place, message = "") {
  place.textContent = message;
  place.hidden = !message;
}

let waiting = 0;

/**
 * Says something to a screen reader; of many things in a short time only the last.
 * @param {string} message
 * @param {number} [delay] in milliseconds
 */
export function announce(message, delay = 100) {
  clearTimeout(waiting);
  waiting = setTimeout(() => { byId("announcer").textContent = message; }, delay);
}

/**
 * A number of things, in words: "1 token", "2,000 tokens".
 * @param {number} count
 * @param {string} thing
 */
export function counted(count, thing) {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}

/* A file for the user to keep. */

import { element } from "./dom.js";

/**
 * Gives a file to the browser, which saves it.
 * @param {string} name
 * @param {string[]} parts
 */
export function saveFile(name, parts) {
  const address = URL.createObjectURL(new Blob(parts, { type: "text/plain;charset=utf-8" }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/* Requests to the server of this page: what it refuses, what it asks to wait for. */

import { accessHeaders, askForToken } from "./access.js";

const MOST_TRIES = 30;
const LONGEST_WAIT = 30;
const LATER = [429, 503];

/** What the server did not answer. status: of HTTP; 0 if there was no answer at all. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @typedef {object} Asking
 * @property {object} [body] sent as JSON; without one it is a GET
 * @property {AbortSignal} [signal] ends it
 * @property {(seconds: number) => void} [onWait] told when the server is busy and asked again so much later
 */

/**
 * The server's answer. A busy server is asked again, a missing token is asked for.
 * @param {string} path
 * @param {Asking} [asking]
 * @returns {Promise<Response>}
 * @throws {Refused} there is none; the message says why
 */
export async function ask(path, { body, signal, onWait } = {}) {
  for (let tries = 1; ; ) {
    const access = accessHeaders();
    const response = await sent(path, body, access, signal);
    if (response.ok) return response;
    if (response.status === 401) {
      await askForToken(access.Authorization);
    } else if (LATER.includes(response.status) && tries < MOST_TRIES) {
      const seconds = waitingTime(response);
      if (onWait) onWait(seconds);
      await pause(seconds, signal);
      tries += 1;
    } else {
      throw new Refused(response.status, await reason(response));
    }
    if (signal) signal.throwIfAborted();
  }
}

/**
 * The JSON of an answer.
 * @param {string} path
 * @param {Asking} [asking]
 * @returns {Promise<any>}
 */
export async function askForJson(path, asking) {
  return (await ask(path, asking)).json();
}

/**
 * @param {string} path
 * @param {object | undefined} body
 * @param {Record<string, string>} access
 * @param {AbortSignal | undefined} signal
 */
async function sent(path, body, access, signal) {
  const posted = body && { method: "POST", body: JSON.stringify(body) };
  const headers = body ? { ...access, "Content-Type": "application/json" } : access;
  try {
    return await fetch(path, { ...posted, headers, signal });
  } catch (error) {
    if (signal && signal.aborted) throw error;
    throw new Refused(0, "expected an answer of the server, got none; see whether it still runs, then try again");
  }
}

/** @param {Response} response */
function waitingTime(response) {
  const said = Number(response.headers.get("Retry-After"));
  return Math.min(Math.max(said || 1, 0.1), LONGEST_WAIT);
}

/** @param {Response} response */
async function reason(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `expected an answer, got HTTP ${response.status} ${response.statusText}; try again`;
  }
}

/**
 * @param {number} seconds
 * @param {AbortSignal | undefined} signal
 */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const ended = setTimeout(resolve, seconds * 1000);
    if (signal) signal.addEventListener("abort", () => { clearTimeout(ended); reject(signal.reason); }, { once: true });
  });
}

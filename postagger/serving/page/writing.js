/* The panel of the language model: it continues a text, and what it writes is shown as it is written. */

import { ask } from "./connection.js";
import { byId, counted, tell } from "./dom.js";

/**
 * Starts the panel.
 * @param {{name: string, direction: string} | null} languageModel what the server has
 */
export function startWriting(languageModel) {
  byId("no-writer").hidden = languageModel !== null;
  byId("writer").hidden = languageModel === null;
  if (!languageModel) return;
  const backward = languageModel.direction === "backward";
  const order = backward ? "; it writes backward: what comes before the text you give" : "";
  byId("writer-note").textContent = `Character-level language model: ${languageModel.name}${order}`;
  if (backward) byId("written").append(byId("continuation"), byId("given"));
  let running = new AbortController();
  byId("writer").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    running.abort();
    running = new AbortController();
    write(running);
  });
  byId("stop").addEventListener("click", () => running.abort());
}

/** @param {AbortController} running */
async function write(running) {
  const body = asked();
  byId("given").textContent = body.prefix;
  byId("continuation").textContent = "";
  byId("written").hidden = false;
  tell(byId("writing-trouble"));
  busy(true, "Writing.");
  let ended = "";
  try {
    const response = await ask("v1/continue", { body, signal: running.signal, onWait: busyServer });
    await show(response);
    ended = "Written:";
  } catch (error) {
    if (running.signal.aborted) ended = "Stopped after";
    else tell(byId("writing-trouble"), error instanceof Error ? error.message : String(error));
  }
  const count = [...byId("continuation").textContent].length;
  busy(false, ended && `${ended} ${counted(count, "character")}.`);
}

/** What is asked of the server. */
function asked() {
  const seed = byId("seed").value;
  return {
    prefix: byId("prefix").value,
    length: Number(byId("length").value),
    temperature: Number(byId("temperature").value),
    seed: seed === "" ? null : Number(seed),
  };
}

/** @param {Response} response */
async function show(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(cutOff);
    if (done) return;
    byId("continuation").append(value);
  }
}

/** @param {Error} error */
function cutOff(error) {
  if (error.name === "AbortError") throw error;
  throw new Error("expected the rest of the text, got the end of the connection; try again");
}

/** @param {number} seconds */
function busyServer(seconds) {
  byId("writing-status").textContent = `The server is busy; asking again in ${counted(seconds, "second")}.`;
}

/**
 * @param {boolean} now
 * @param {string} said
 */
function busy(now, said) {
  const focused = [byId("write"), byId("stop")].includes(document.activeElement);
  byId("stop").disabled = !now;
  byId("write").disabled = now;
  byId("written").setAttribute("aria-busy", String(now));
  byId("writing-status").textContent = said;
  if (focused) byId(now ? "stop" : "write").focus();
}

/* What starts the page: asks the server what it has, then each panel gets its part. */

import { askForJson } from "./connection.js";
import { byId, tell } from "./dom.js";
import { FilePanel } from "./file-panel.js";
import { showTab, startTabs } from "./tabs.js";
import { TextPanel } from "./text-panel.js";
import { startWriting } from "./writing.js";

/** @param {any} model */
function start(model) {
  const corpus = model.corpus ? ` on ${model.corpus}` : "";
  const scored = model.accuracy === null ? "" : `, accuracy ${model.accuracy.toFixed(4)}${corpus}`;
  byId("model").textContent = `Model ${model.name}${scored}`;
  const files = new FilePanel(model);
  startWriting(model.language_model);
  new TextPanel(model, (text) => {
    showTab("tab-file");
    files.take(new File([text], "text.txt"));
  });
}

startTabs();
try {
  start(await askForJson("v1/model"));
} catch (error) {
  tell(byId("trouble"), error instanceof Error ? error.message : String(error));
}

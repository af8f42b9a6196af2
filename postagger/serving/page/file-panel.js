/* The panel of a file: chosen or dropped, told what it holds, tagged, given back. */

import { announce, byId, counted, element, tell } from "./dom.js";
import { tagFile } from "./file-job.js";
import { kindOf } from "./file-kind.js";
import { saveFile } from "./save.js";
import { showTab } from "./tabs.js";
import { TAGSET_NAMES } from "./tagsets.js";

const ENDINGS = { tagged: ".tagged", tsv: ".tsv", conllu: ".conllu" };

export class FilePanel {
  /** @param {{tagsets: string[], limits: {body_bytes: number, tokens: number}}} model */
  constructor(model) {
    this.limits = model.limits;
    /** @type {File | null} */
    this.file = null;
    /** @type {string[]} */
    this.parts = [];
    this.running = new AbortController();
    const names = model.tagsets.map((name) => element("option", { value: name }, TAGSET_NAMES[name] || name));
    byId("file-tagset").append(...names);
    this.#listen();
  }

  #listen() {
    byId("choose-file").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", (/** @type {any} */ event) => {
      const [file] = event.target.files;
      event.target.value = ""; /* so that the same file can be chosen again */
      if (file) this.take(file);
    });
    byId("job").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#run();
    });
    byId("job").addEventListener("change", () => this.#ready());
    byId("cancel").addEventListener("click", () => this.running.abort());
    byId("save").addEventListener("click", () => saveFile(this.#outputName(), this.parts));
    this.#listenToDrops();
  }

  #listenToDrops() {
    const hasFiles = (/** @type {DragEvent} */ event) => [...event.dataTransfer.types].includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => {
      document.body.classList.remove("dropping");
      if (!hasFiles(event)) return;
      event.preventDefault();
      showTab("tab-file");
      this.take(event.dataTransfer.files[0]);
    });
  }

  /**
   * Takes a file to be tagged; it waits for the user to say how.
   * @param {File} file
   */
  async take(file) {
    this.running.abort();
    this.running = new AbortController();
    this.file = file;
    this.parts = [];
    this.#busy(false);
    const kind = await kindOf(file);
    byId("kind").value = kind;
    byId("output").value = kind === "conllu" ? "conllu" : "tagged";
    byId("file-name").textContent = `${file.name}, ${counted(file.size, "byte")}`;
    byId("job").hidden = false;
    this.#ready();
    byId("file-name").focus();
  }

  /** Nothing is done yet with the file as it is to be tagged now. */
  #ready() {
    this.parts = [];
    byId("save").hidden = true;
    byId("start").hidden = false;
    byId("progress").hidden = true;
    byId("confidences").disabled = byId("output").value === "tagged";
    tell(byId("file-trouble"));
    byId("file-status").textContent = "";
  }

  async #run() {
    this.#ready();
    const running = new AbortController();
    this.running = running;
    this.#busy(true);
    let [said, trouble] = ["", ""];
    try {
      const { parts, sentences, tokens } = await tagFile(this.#job(running.signal));
      if (!sentences) throw new Error("expected text to tag, got an empty file; choose another one");
      this.parts = parts;
      said = `Done: ${counted(sentences, "sentence")}, ${counted(tokens, "token")}.`;
    } catch (error) {
      if (running.signal.aborted) said = "Cancelled.";
      else trouble = `${this.file.name}: ${error instanceof Error ? error.message : error}`;
    }
    if (this.running !== running) return; /* another file was taken meanwhile */
    byId("save").hidden = !this.parts.length;
    byId("progress").hidden = !this.parts.length;
    byId("file-status").textContent = said;
    announce(said);
    tell(byId("file-trouble"), trouble);
    this.#busy(false);
  }

  /**
   * @param {AbortSignal} signal
   * @returns {import("./file-job.js").Job}
   */
  #job(signal) {
    const output = byId("output").value;
    return {
      file: this.file,
      kind: byId("kind").value,
      tagset: byId("file-tagset").value,
      output,
      confidences: byId("confidences").checked && output !== "tagged",
      limits: this.limits,
      signal,
      onProgress: (sentences, part) => {
        byId("progress").value = part;
        byId("file-status").textContent = `${counted(sentences, "sentence")}, ${Math.floor(100 * part)} %`;
      },
      onWait: (seconds) => announce(`The server is busy; asking again in ${counted(seconds, "second")}`),
    };
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const focused = byId("job").contains(document.activeElement);
    byId("start").hidden = busy || this.parts.length > 0;
    byId("cancel").hidden = !busy;
    byId("job").querySelectorAll("select, input").forEach((/** @type {any} */ field) => { field.disabled = busy; });
    byId("confidences").disabled = busy || byId("output").value === "tagged";
    byId("progress").value = busy ? 0 : 1;
    if (busy) byId("progress").hidden = false;
    if (focused) ["cancel", "save", "start"].map(byId).find((one) => !one.hidden).focus();
  }

  #outputName() {
    const base = this.file.name.replace(/\.[^.]*$/, "");
    const ending = ENDINGS[byId("output").value];
    return base + ending === this.file.name ? `${base}.tagged${ending}` : base + ending;
  }
}

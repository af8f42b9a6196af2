"use strict";

const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/* Control characters have no look of their own: they are shown by their pictures, as in the tables. */
function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (sign) => {
    const code = sign.charCodeAt(0);
    if (code > 127) return `\\x${code.toString(16)}`;
    return code === 127 ? "\u2421" : String.fromCharCode(0x2400 + code);
  });
}

function number(value, digits) {
  return value.toFixed(digits === undefined ? 4 : digits);
}

/* The theme: as the system has it, until the button says otherwise. */
function startTheme() {
  const button = byId("theme");
  const dark = () => document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : window.matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => { button.textContent = dark() ? "Light theme" : "Dark theme"; };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    name();
  });
  button.hidden = false;
  name();
}

/* Tables whose heads are buttons: numbers by value, words by the alphabet. */
function startSorting() {
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = element("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      head.setAttribute("aria-sort", head.dataset.sorted || "none");
      button.addEventListener("click", () => sort(table, heads, column));
    });
  }
}

function sort(table, heads, column) {
  const isNumber = heads[column].matches(".number, .ordered, .largest");
  const before = heads[column].getAttribute("aria-sort");
  /* The first click on a number shows the largest first. */
  const descending = before === "none" ? heads[column].matches(".number, .largest") : before === "ascending";
  heads.forEach((head) => head.setAttribute("aria-sort", "none"));
  heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
  const key = (row) => row.cells[column].dataset.key || row.cells[column].textContent.trim();
  const compare = (one, other) => isNumber
    ? parseFloat(key(one)) - parseFloat(key(other))
    : key(one).localeCompare(key(other), "en");
  const rows = [...table.tBodies[0].rows].sort((one, other) => (descending ? -1 : 1) * compare(one, other));
  table.tBodies[0].append(...rows);
}

/* The confusions: one stop of the Tab key, arrows from cell to cell, Enter or a click for the sentences. */
function startConfusions() {
  const heat = byId("heat");
  const data = byId("error-data");
  if (!heat || !data) return;
  const { tags, errors } = JSON.parse(data.textContent);
  const buttons = [...heat.querySelectorAll("button")];
  buttons.forEach((button, index) => {
    button.tabIndex = index ? -1 : 0;
    button.addEventListener("click", () => showCell(button, buttons, tags, errors));
  });
  heat.addEventListener("keydown", (event) => moveInHeat(event, buttons));
}

function moveInHeat(event, buttons) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!step || !buttons.includes(event.target)) return;
  event.preventDefault();
  const place = (button) => [button.closest("td").cellIndex, button.closest("tr").rowIndex];
  const [column, row] = place(event.target);
  /* The nearest cell on that side: along the arrow first, then aside. */
  let best = null;
  let least = Infinity;
  for (const button of buttons) {
    const [otherColumn, otherRow] = place(button);
    const along = (otherColumn - column) * step[0] + (otherRow - row) * step[1];
    const aside = Math.abs((otherColumn - column) * step[1]) + Math.abs((otherRow - row) * step[0]);
    if (along > 0 && along + 100 * aside < least) {
      least = along + 100 * aside;
      best = button;
    }
  }
  if (best) {
    event.target.tabIndex = -1;
    best.tabIndex = 0;
    best.focus();
  }
}

function showCell(button, buttons, tags, errors) {
  buttons.forEach((one) => {
    one.setAttribute("aria-pressed", String(one === button));
    one.tabIndex = one === button ? 0 : -1;
  });
  /* The last two steps of the cell's path in evaluation.json are the numbers of its tags. */
  const [gold, predicted] = button.dataset.path.split("/").slice(-2).map((number) => tags[number]);
  const chosen = errors.filter((error) => error.gold === gold && error.predicted === predicted);
  const count = Number(button.value);
  const words = `${visible(gold)} taken for ${visible(predicted)}`;
  const heading = element("h3", `${words}: ${count} ${count === 1 ? "token" : "tokens"}`);
  heading.tabIndex = -1;
  byId("cell").onkeydown = (event) => { if (event.key === "Escape") button.focus(); };
  const shown = chosen.length < count ? `${chosen.length} of them are kept here. ` : "";
  const order = chosen.some((error) => error.confidence !== null) ? "Those the tagger was most sure of come first." : "";
  const list = element("ol");
  list.append(...chosen.map(errorItem));
  byId("cell").replaceChildren(heading, element("p", shown + order, "note"), list);
  byId("cell").hidden = false;
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "nearest" });
}

function errorItem(error) {
  const item = element("li");
  const quote = element("bdi");
  quote.append(
    visible(error.before) + " ",
    element("mark", visible(error.word)),
    " " + visible(error.after));
  item.append(quote);
  if (error.confidence !== null) {
    const second = error.second === null ? "" : `, then ${visible(error.second)} ${number(error.second_confidence)}`;
    item.append(element("span", ` (${visible(error.predicted)} ${number(error.confidence)}${second})`, "note"));
  }
  return item;
}

startTheme();
startSorting();
startConfusions();

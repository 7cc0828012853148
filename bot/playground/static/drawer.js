// The drawer: the outbox and the participation log, as they stand now.
import { get } from "./api.js";
import { make, tabs } from "./elements.js";
import { stamp } from "./moments.js";

const part = (id) => document.getElementById(id);
const shown = {};

export function setUpDrawer() {
  const set = (on) => {
    part("drawer").hidden = !on;
    part("drawer-button").setAttribute("aria-expanded", on);
    document.body.classList.toggle("with-drawer", on);
    if (on) refreshDrawer();
  };
  part("drawer-button").onclick = () => set(part("drawer").hidden);
  part("drawer-close").onclick = () => {
    set(false);
    part("drawer-button").focus();
  };
  tabs(part("drawer").querySelector('[role="tablist"]'));
}

export async function refreshDrawer() {
  if (part("drawer").hidden) return;
  const answer = await get("drawer");
  if (!answer) return;
  fill("panel-outbox", answer.outbox, OUTBOX, "Nothing has been planned yet. Move the clock, or type quiz in a chat.");
  fill(
    "panel-log",
    answer.log,
    LOG,
    "Nothing has happened yet. What people do here is written down once and never changed.",
  );
}

const WORDS = new Set(["Card", "Piece", "Answer", "Reason"]); // columns that may break into lines
const correct = (value) => (value === null ? "" : value ? "right" : "wrong");

const OUTBOX = {
  Person: (row) => row.person,
  Card: (row) => row.title,
  Campaign: (row) => row.campaign,
  Due: (row) => stamp(row.due),
  Status: (row) => make("span", { class: `status ${row.status}` }, row.status),
  Reason: (row) => row.reason,
};

const LOG = {
  Time: (row) => stamp(row.at),
  What: (row) => row.kind,
  Person: (row) => row.person,
  Piece: (row) => row.title,
  Item: (row) => row.item,
  Answer: (row) => row.answer || row.reason,
  Result: (row) => make("span", { class: `result ${correct(row.correct)}` }, correct(row.correct)),
  Clauses: (row) => row.clauses.join(", "),
  Hash: (row) => make("code", {}, row.hash),
};

function fill(id, rows, columns, empty) {
  const now = JSON.stringify(rows);
  if (shown[id] === now) return;
  shown[id] = now;
  if (!rows.length) return part(id).replaceChildren(make("p", { class: "nothing" }, empty));
  const head = Object.keys(columns).map((name) => make("th", { scope: "col" }, name));
  const lines = rows.map((row) =>
    make(
      "tr",
      {},
      ...Object.entries(columns).map(([name, cell]) => make("td", { class: WORDS.has(name) && "words" }, cell(row))),
    ),
  );
  part(id).replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...lines)));
}

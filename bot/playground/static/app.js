// The page: fetch what the house looks like, lay the people out, and look again whenever something changed.
import { openAdmission } from "./admit.js";
import { get } from "./api.js";
import { showClock } from "./clock.js";
import { drawingSwitch } from "./drawing.js";
import { refreshDrawer, setUpDrawer } from "./drawer.js";
import { make, tabs } from "./elements.js";
import { setZone } from "./moments.js";
import { notice } from "./notice.js";
import { Column } from "./person.js";

const PAUSE = 150; // ms between two looks, however fast things change
const columns = new Map();
const who = document.getElementById("who");
const people = document.getElementById("people");
who.dataset.panels = "shown"; // on a wide screen every person is seen; the style sheet hides the others on a phone

const choose = tabs(who, (id) => {
  for (const column of columns.values()) column.element.classList.toggle("chosen", id === `who-${column.key}`);
});

function lay(person) {
  const tab = make(
    "button",
    {
      type: "button",
      role: "tab",
      id: `who-${person.key}`,
      "aria-controls": `person-${person.key}`,
      "aria-selected": false,
      tabindex: -1,
    },
    person.name.split(" ")[0],
  );
  const column = new Column(person, () => {
    if (tab.getAttribute("aria-selected") !== "true") tab.dataset.news = "";
  });
  columns.set(person.key, column);
  who.insertBefore(tab, addTab);
  people.insertBefore(column.element, addColumn);
  if (columns.size === 1) choose(tab);
}

const add = () =>
  openAdmission(async (person) => {
    await refresh();
    choose(document.getElementById(`who-${person.key}`));
    columns.get(person.key)?.element.scrollIntoView({ inline: "nearest" });
    columns.get(person.key)?.box.focus();
  });
const addTab = make("button", { type: "button", class: "add", "aria-label": "Add a person", onclick: add }, "+");
const addColumn = make("button", { type: "button", class: "add", onclick: add }, "+ Add a person");
who.append(addTab);
people.append(addColumn);

let house;

async function refresh() {
  const answer = await get("house");
  if (!answer) return;
  const first = !house;
  house = answer;
  if (first) {
    setZone(house.zone);
    document.getElementById("programme").textContent = house.programme;
    drawingSwitch(document.getElementById("drawings"), house.drawings, redraw);
  }
  showClock(house);
  for (const person of house.people) {
    if (columns.has(person.key)) columns.get(person.key).describe(person);
    else lay(person);
  }
  await Promise.all([...[...columns.values()].map((column) => column.refresh()), refreshDrawer()]);
}

async function redraw() {
  for (const column of columns.values()) {
    column.forget();
    column.openHome();
  }
  await refresh();
}

// One look at a time; whatever changes meanwhile is one more look afterwards.
let looking = false;
let again = false;

async function look() {
  again = true;
  if (looking) return;
  looking = true;
  while (again) {
    again = false;
    await refresh();
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  looking = false;
}

setUpDrawer();
const changes = new EventSource("/playground/events");
changes.onmessage = look;
changes.onopen = () => notice("");
changes.onerror = () => notice("The server is away. This page goes on as soon as it is back.", 0);

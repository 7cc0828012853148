// The page: fetch what the house looks like, lay the people out, and look again whenever something changed.
import { carry, chosenOne, keep, named } from "./address.js";
import { openAdmission } from "./admit.js";
import { get } from "./api.js";
import { showClock } from "./clock.js";
import { drawingSwitch } from "./drawing.js";
import { refreshDrawer, setUpDrawer } from "./drawer.js";
import { make, tabs } from "./elements.js";
import { setUpFind, showFind } from "./find.js";
import { setZone } from "./moments.js";
import { notice } from "./notice.js";
import { Column } from "./person.js";

const PAUSE = 150; // ms between two looks, however fast things change
const columns = new Map();
const who = document.getElementById("who");
const people = document.getElementById("people");
who.dataset.panels = "shown"; // on a wide screen every person is seen; the style sheet hides the others on a phone

let chosen;
const choose = tabs(who, (id) => {
  chosen = id.slice("who-".length);
  for (const column of columns.values()) column.element.classList.toggle("chosen", column.key === chosen);
  remember();
});
const tabOf = (key) => document.getElementById(`who-${key}`);

function lay(person) {
  const first = person.name.split(" ")[0];
  const taken = [...who.children].some((tab) => tab.textContent === first);
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
    taken ? person.name : first,
  );
  const onNews = () => {
    if (tab.getAttribute("aria-selected") !== "true") tab.dataset.news = "";
  };
  const column = new Column(person, onNews, close);
  columns.set(person.key, column);
  who.insertBefore(tab, addTab);
  people.insertBefore(column.element, addColumn);
  if (columns.size === 1) choose(tab);
  return column;
}

function open(person) {
  if (!columns.has(person.key)) {
    if (house.many && columns.size >= house.most)
      return notice(`${house.most} people are open, and more is too many to follow: close one first.`);
    lay(person).refresh();
  }
  bring(person.key);
  columns.get(person.key).box.focus();
  remember();
}

function bring(key) {
  choose(tabOf(key));
  for (const element of [tabOf(key), columns.get(key).element])
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function close({ key, element }) {
  const keys = [...columns.keys()];
  const here = keys.indexOf(key);
  const next = columns.get(keys[here + 1] ?? keys[here - 1]);
  columns.delete(key);
  element.remove();
  tabOf(key).remove();
  if (next) choose(tabOf(next.key));
  (next?.closing ?? document.getElementById("find-words")).focus();
  remember();
}

// Few people are always all there, and need no address.
function remember() {
  if (!house?.many) return;
  keep([...columns.keys()], columns.has(chosen) && chosen);
  showOpen();
}

function showOpen() {
  document.getElementById("nobody").hidden = columns.size > 0;
  showFind(house, columns.size);
}

const add = () =>
  openAdmission(async (person) => {
    await refresh();
    open(person);
  });
const addTab = make("button", { type: "button", class: "add", "aria-label": "Add a person", onclick: add }, "+");
const addColumn = make("button", { type: "button", class: "add", onclick: add }, "+ Add a person");
who.append(addTab);
people.append(addColumn);

let house;

// Of many people only those are asked for who are open; at first the address says who that is.
function wanted() {
  const keys = house?.many ? [...columns.keys()].join(",") : named;
  return keys === null ? "house" : `house?people=${encodeURIComponent(keys)}`;
}

async function refresh() {
  const answer = await get(wanted());
  if (!answer) return;
  const first = !house;
  if (first) layAll(answer);
  house = answer;
  if (first) {
    setZone(house.zone);
    document.getElementById("programme").textContent = house.programme;
    drawingSwitch(document.getElementById("drawings"), house.drawings, redraw);
  }
  showClock(house);
  for (const person of house.people) {
    if (columns.has(person.key)) columns.get(person.key).describe(person);
    else if (!house.many) lay(person);
  }
  showOpen();
  await Promise.all([...[...columns.values()].map((column) => column.refresh()), refreshDrawer()]);
}

function layAll(answer) {
  answer.people.forEach(lay);
  if (!answer.many) return;
  if (columns.has(chosenOne)) bring(chosenOne);
  const asked = named?.split(",").filter(Boolean).length ?? 0;
  if (asked > columns.size)
    notice(`This address names ${asked} people; shown are ${columns.size}, as far as they are here and not too many.`);
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

carry();
setUpDrawer();
setUpFind(open, (key) => columns.has(key));
const changes = new EventSource("/playground/events");
changes.onmessage = look;
changes.onopen = () => notice("");
changes.onerror = () => notice("The server is away. This page goes on as soon as it is back.", 0);

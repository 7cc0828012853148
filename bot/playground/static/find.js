// Finding somebody among many: a field, those who match below it, and the keys that walk through them.
import { get } from "./api.js";
import { make } from "./elements.js";

const SOON = 120; // ms without a key until it is asked
const part = (id) => document.getElementById(`find-${id}`);

// `open` hears who was chosen; `isOpen` knows of a key whether that person is a column already.
export function setUpFind(open, isOpen) {
  const field = part("words");
  let people = [];
  let listed; // the words whose matches are shown
  let at = 0;
  let latest = 0;
  let timer;

  const mark = (index) => {
    at = index;
    [...part("list").children].forEach((option, here) => option.setAttribute("aria-selected", here === at));
    const active = part("list").children[at];
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  };
  const shut = () => {
    latest++; // whatever is still asked for comes too late
    clearTimeout(timer);
    people = [];
    listed = undefined;
    part("list").replaceChildren();
    part("matches").hidden = true;
    field.setAttribute("aria-expanded", false);
    mark(0);
    showCount();
  };
  const choose = (person) => {
    field.value = "";
    shut();
    open(person);
  };
  const option = (person) => {
    const facts = [person.roles.join(", "), person.team, isOpen(person.key) && "open"];
    return make(
      "li",
      { role: "option", id: `find-${person.key}`, "aria-selected": false, onclick: () => choose(person) },
      make("strong", {}, person.name),
      make("span", {}, facts.filter(Boolean).join(" · ")),
    );
  };
  const look = async () => {
    clearTimeout(timer);
    const asked = ++latest;
    const words = field.value;
    const answer = await get(`people?words=${encodeURIComponent(words)}`);
    if (!answer || asked !== latest) return;
    people = answer.people;
    listed = words;
    part("list").replaceChildren(...people.map(option));
    part("list").hidden = people.length === 0;
    part("more").textContent = more(people.length, answer.found);
    part("matches").hidden = false;
    field.setAttribute("aria-expanded", true);
    part("count").textContent = `${answer.found} ${words.trim() ? "found" : "people"}`;
    mark(0);
  };
  const step = (by) => {
    if (part("matches").hidden) return look();
    if (people.length) mark((at + by + people.length) % people.length);
  };
  const enter = async () => {
    if (part("matches").hidden && !field.value.trim()) return look();
    if (listed !== field.value) await look(); // what was typed last counts
    if (listed === field.value && people[at]) choose(people[at]);
  };
  const escape = () => (part("matches").hidden ? (field.value = "") : shut());

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, SOON);
  });
  field.addEventListener("click", () => part("matches").hidden && look());
  field.addEventListener("blur", shut);
  field.addEventListener("keydown", (event) => {
    const act = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: enter, Escape: escape }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  part("matches").addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
}

let counted = "";

export function showFind(house, open) {
  part("words").closest("search").hidden = !house.many;
  document.body.classList.toggle("many", house.many);
  counted = `${open} of ${house.of} open`;
  showCount();
}

function showCount() {
  if (part("matches").hidden) part("count").textContent = counted;
}

function more(listed, found) {
  if (found === 0) return "Nobody has these words in name, role or team.";
  return listed < found ? `The first ${listed} of ${found}: type more to find the others.` : "";
}

// Cards in the chosen drawing: our own HTML, or the platform's renderer on the platform's payload.
import { make } from "./elements.js";

const NAMES = { plain: "Plain", slack: "Slack", teams: "Teams" };
const WITHOUT = "Slack's and Teams' own drawings need npm: install it, stop, and run make run again.";
const darkness = matchMedia("(prefers-color-scheme: dark)");

let current = localStorage.getItem("drawing") ?? "plain";
let bundle;

export const drawing = () => current;

// The switch in the header; `changed` is called when another drawing, or another light, is chosen.
export function drawingSwitch(fieldset, available, changed) {
  if (!available.includes(current)) current = "plain";
  const radios = Object.entries(NAMES).map(([value, name]) =>
    make(
      "label",
      {},
      make("input", {
        type: "radio",
        name: "drawing",
        value,
        checked: value === current,
        disabled: !available.includes(value),
      }),
      make("span", {}, name),
    ),
  );
  const why = available.length === 1 ? make("p", { class: "why" }, WITHOUT) : null;
  fieldset.replaceChildren(fieldset.querySelector("legend"), ...radios, ...(why ? [why] : []));
  fieldset.onchange = (event) => {
    current = event.target.value;
    localStorage.setItem("drawing", current);
    changed();
  };
  darkness.onchange = changed;
}

// onPress hears ({delivery, verb, item, value, values}, button).
export async function draw(element, card, onPress) {
  const body = make("div", { class: `body ${card.drawing}` });
  if (card.drawing === "plain") {
    body.innerHTML = card.html; // escaped by the server
    body.addEventListener("click", (event) => {
      const button = event.target.closest("button.press");
      if (button) onPress({ ...button.dataset, values: valuesIn(body) }, button);
    });
  } else {
    bundle ??= await import("./bundle/cards.js");
    bundle[card.drawing](body, card.payload, darkness.matches, onPress);
  }
  element.replaceChildren(body);
  if (element.matches("article")) element.setAttribute("aria-label", card.title);
}

export function valuesIn(element) {
  const fields = element.querySelectorAll(
    "input[name]:not([type=radio]), input[type=radio]:checked, textarea[name], select[name]",
  );
  return Object.fromEntries([...fields].map((field) => [field.dataset.field ?? field.name, field.value]));
}

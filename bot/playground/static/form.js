// The dialog: a form to fill in, or a card that belongs to no message; mistakes stand beside their fields.
import { draw, valuesIn } from "./drawing.js";
import { make } from "./elements.js";
import { notice } from "./notice.js";

const SKETCHED = new Set(["new", "text", "more", "send"]); // the forms of a message
const SOON = 350; // milliseconds without a key until it is drawn

const dialog = () => document.getElementById("dialog");

// talk.send(pressed) answers {show, form, errors}, or undefined when it did not work; talk.sketch({delivery, values})
// the same for what is not sent. `replaced(show)` says whether the answer found its place elsewhere, so that the
// dialog may close.
export async function openCard(card, talk, replaced = () => false) {
  const holder = make("div", { class: "holder" });
  await draw(holder, card, async (pressed, button) => {
    if (button.disabled) return;
    button.disabled = true;
    const answer = await talk.send(pressed);
    button.disabled = false;
    if (!answer || !dialog().open) return; // closed meanwhile: what was sent is sent, nothing pops up again
    if (Object.keys(answer.errors).length) return showErrors(holder, answer.errors);
    if (answer.form) return openCard(answer.form, talk, replaced);
    const homeless = answer.show && !replaced(answer.show);
    if (homeless && answer.show.asks) return openCard(answer.show, talk, replaced);
    if (homeless) notice(`${answer.show.title}.`, 12, true);
    dialog().close();
  });
  holder.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    (holder.querySelector("button.press.primary") ?? holder.querySelector("button.press"))?.click();
  });
  const written = holder.querySelector('button.press[data-verb="broadcast"]');
  open(card.title, holder, ...(SKETCHED.has(written?.dataset.item) ? [sketch(holder, written, talk)] : []));
}

// How a message will look and whom it reaches, while it is written: nothing of it is kept.
function sketch(holder, written, talk) {
  const shown = make("div", { class: "sketch", "aria-live": "polite" });
  const place = make("section", { class: "preview", hidden: true }, make("h2", {}, "As it will look"), shown);
  let latest = 0;
  let timer;
  const look = async () => {
    const asked = ++latest;
    const answer = await talk.sketch({ delivery: written.dataset.delivery ?? "", values: valuesIn(holder) });
    if (!answer || asked !== latest || !holder.isConnected) return;
    place.hidden = !answer.show;
    if (answer.show) await draw(shown, answer.show, () => {});
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, SOON);
  };
  holder.addEventListener("input", soon);
  soon();
  return place;
}

export function open(label, ...children) {
  const close = make(
    "button",
    { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog().close() },
    "×",
  );
  dialog().replaceChildren(close, ...children);
  dialog().setAttribute("aria-label", label);
  if (!dialog().open) dialog().showModal();
  const first = dialog().querySelector("input, textarea, select, button.press, button.primary");
  (first ?? close).focus();
}

export const shut = () => dialog().close();

export function showErrors(holder, errors) {
  for (const place of holder.querySelectorAll("[data-error-for]")) {
    const sentence = errors[place.dataset.errorFor] ?? "";
    place.textContent = sentence;
    const field = holder.querySelector(`[name="${CSS.escape(place.dataset.errorFor)}"]`);
    field?.setAttribute("aria-invalid", Boolean(sentence));
  }
  holder.querySelector('[aria-invalid="true"]')?.focus();
}

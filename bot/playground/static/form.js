// The dialog: a form to fill in, or a card that belongs to no message; mistakes stand beside their fields.
import { draw } from "./drawing.js";
import { make } from "./elements.js";
import { notice } from "./notice.js";

const dialog = () => document.getElementById("dialog");

// send(pressed) answers {show, form, errors}, or undefined when it did not work; `replaced(show)` says whether
// the answer found its place elsewhere, so that the dialog may close.
export async function openCard(card, send, replaced = () => false) {
  const holder = make("div", { class: "holder" });
  await draw(holder, card, async (pressed, button) => {
    if (button.disabled) return;
    button.disabled = true;
    const answer = await send(pressed);
    button.disabled = false;
    if (!answer || !dialog().open) return; // closed meanwhile: what was sent is sent, nothing pops up again
    if (Object.keys(answer.errors).length) return showErrors(holder, answer.errors);
    if (answer.form) return openCard(answer.form, send, replaced);
    const homeless = answer.show && !replaced(answer.show);
    if (homeless && answer.show.asks) return openCard(answer.show, send, replaced);
    if (homeless) notice(`${answer.show.title}.`);
    dialog().close();
  });
  holder.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    (holder.querySelector("button.press.primary") ?? holder.querySelector("button.press"))?.click();
  });
  open(card.title, holder);
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

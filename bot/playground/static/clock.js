// The clock that can be moved: what time it is, the buttons that move it on, and how far it has come.
import { post } from "./api.js";
import { make } from "./elements.js";
import { slotTime, whole } from "./moments.js";

const part = (id) => document.getElementById(id);
let offered = "";

export function showClock(house) {
  part("now").textContent = whole(house.now);
  part("now").dateTime = house.now;
  part("zone").textContent = house.zone.replaceAll("_", " ");
  showOffers(house.offers);
  showProgress(house);
}

function showOffers(offers) {
  const labels = offers.map((offer) => (offer.dated ? `${offer.label} ${slotTime(offer.to)}` : offer.label));
  if (offered !== labels.join()) {
    offered = labels.join();
    const focused = [...part("offers").children].indexOf(document.activeElement);
    part("offers").replaceChildren(...labels.map((label) => make("button", { type: "button", onclick: move }, label)));
    if (focused >= 0) [...part("offers").children].at(Math.min(focused, labels.length - 1)).focus();
  }
  [...part("offers").children].forEach((button, index) => (button.dataset.to = offers[index].to));
}

function showProgress({ now, moving }) {
  part("moving").hidden = !moving;
  rest(!moving);
  if (!moving) return;
  const [from, to, at] = [moving.from, moving.to, now].map(Date.parse);
  part("moving").value = Math.min(Math.max((at - from) / (to - from), 0), 1);
}

// While it moves the buttons keep their focus but do nothing.
function rest(standing) {
  for (const button of part("offers").children) button.setAttribute("aria-disabled", !standing);
}

async function move(event) {
  const button = event.currentTarget;
  if (button.getAttribute("aria-disabled") === "true") return;
  rest(false);
  const answer = await post("clock", { to: button.dataset.to });
  if (!answer) rest(true);
}

// The content author's view: every piece of the library with its card, in the chosen drawing.
import { carry } from "./address.js";
import { get, post } from "./api.js";
import { draw, drawing, drawingSwitch } from "./drawing.js";
import { make } from "./elements.js";

const shelves = document.getElementById("shelves");

async function refresh() {
  const answer = await get(`pieces?drawing=${drawing()}`);
  if (!answer) return;
  drawingSwitch(document.getElementById("drawings"), answer.drawings, refresh);
  if (!answer.drawings.includes(drawing())) return refresh();
  document.getElementById("count").textContent = `${answer.pieces.length} pieces`;
  const kinds = [...new Set(answer.pieces.map((piece) => piece.kind))];
  shelves.replaceChildren(
    ...kinds.map((kind) =>
      shelf(
        kind,
        answer.pieces.filter((piece) => piece.kind === kind),
      ),
    ),
  );
}

function shelf(kind, pieces) {
  return make(
    "section",
    { class: "shelf", "aria-labelledby": `kind-${kind}` },
    make("h2", { id: `kind-${kind}` }, kind, make("span", {}, String(pieces.length))),
    make("div", { class: "pieces" }, ...pieces.map(piece)),
  );
}

function piece({ id, clauses, card }) {
  const article = make("article", { class: "card", tabindex: -1 });
  const again = make("button", { type: "button", class: "quiet", hidden: true }, "Start again");
  const presses = [];
  const show = (shown) => {
    again.hidden = presses.length === 0;
    return draw(article, shown, press);
  };
  const press = async ({ verb, item, value, values }) => {
    presses.push({ verb, item, value, values });
    const answer = await post(`pieces/${encodeURIComponent(id)}/tried?drawing=${drawing()}`, { presses });
    if (answer) await show(answer);
    else presses.pop();
    article.focus();
  };
  again.onclick = () => {
    presses.length = 0;
    show(card);
    article.focus();
  };
  show(card);
  return make(
    "div",
    { class: "piece", id },
    make("p", { class: "name" }, make("code", {}, id), clauses.join(", ")),
    article,
    again,
  );
}

carry();
refresh();

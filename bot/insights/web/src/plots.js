// Draws every chart of the page from its specification: as SVG whose colours are the style sheet's, and without eval.
import { Error as Errors, View, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

const NARROW = 520; // pixels below which labels get less room
const views = new Map();

async function draw(place, specification, width) {
  const spec = structuredClone(specification);
  spec.width = width;
  if (width < NARROW) narrow(spec, width);
  const runtime = parse(compile(spec, { logger: logger(Errors) }).spec, {}, { ast: true });
  views.get(place)?.finalize();
  const canvas = place.querySelector(".canvas");
  const view = new View(runtime, { expr: expressionInterpreter, renderer: "svg", container: canvas, hover: true, logLevel: Errors });
  view.tooltip((_, event, item, value) => tell(event, value));
  views.set(place, view);
  await view.runAsync();
}

// On a phone labels take less than half of the width, what is said behind a bar no more than its number, and a line none.
function narrow(spec, width) {
  const limit = Math.round(width * 0.42);
  for (const channel of Object.values(spec.encoding)) if (channel.axis) channel.axis.labelLimit = limit;
  if (spec.encoding.x && !spec.encoding.y) spec.layer = spec.layer.filter((layer) => layer.mark.type !== "text");
  for (const layer of spec.layer) {
    if (layer.encoding?.y?.axis?.labelLimit) layer.encoding.y.axis.labelLimit = limit;
    if (layer.mark.type === "text" && layer.encoding.text?.field === "said" && spec.padding.right > 60 && !layer.encoding.color) {
      layer.encoding.text.field = "short";
      spec.padding.right = 52;
    }
  }
}

const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

function tell(event, value) {
  tip.hidden = value == null || value === "";
  if (tip.hidden) return;
  tip.textContent = value;
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 16}px`;
}

const resized = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const narrowest = target.specification.usermeta?.narrowest ?? 0;
    const width = Math.max(Math.floor(contentRect.width), narrowest);
    target.classList.toggle("wide", width > contentRect.width);
    if (width > contentRect.width) target.tabIndex = 0;
    if (!width || target.dataset.width === String(width)) continue;
    target.dataset.width = width;
    draw(target, target.specification, width).catch((error) => console.error(error));
  }
});

for (const place of document.querySelectorAll(".plot")) {
  place.specification = JSON.parse(place.querySelector("script").textContent);
  place.append(Object.assign(document.createElement("div"), { className: "canvas", ariaHidden: "true" }));
  resized.observe(place);
}

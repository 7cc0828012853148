// Block Kit as Slack draws it. The library draws; pressing and filling in are ours, for it reports neither.
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Message } from "slack-blocks-to-jsx";
import libraryCss from "slack-blocks-to-jsx/dist/style.css";
import ownCss from "./slack.css";
import { withLocalPictures } from "./local.js";
import { shadow } from "./shadow.js";
import { SlackInput } from "./slack-input.js";

const roots = new WeakMap();

export function slack(element, payload, dark, onPress) {
  const host = shadow(element, libraryCss + ownCss);
  const root = roots.get(element) ?? createRoot(host);
  roots.set(element, root);
  const blocks = withLocalPictures(payload.blocks ?? []);
  const frame = { className: dark ? "slack dark" : "slack", onClick: (event) => press(event, host, blocks, onPress) };
  flushSync(() => root.render(h("div", frame, parts(blocks, dark))));
}

// Runs of blocks go to the library; input blocks are drawn with the browser's own controls, so that they can be read.
function parts(blocks, dark) {
  const runs = [];
  for (const block of blocks) {
    if (block.type === "input") runs.push(block);
    else if (Array.isArray(runs.at(-1))) runs.at(-1).push(block);
    else runs.push([block]);
  }
  return runs.map((run, index) =>
    Array.isArray(run)
      ? h(Message, {
          key: index,
          blocks: run,
          theme: dark ? "dark" : "light",
          withoutWrapper: true,
          name: "Catchball",
          logo: "",
        })
      : h(SlackInput, { key: index, block: run }),
  );
}

function press(event, host, blocks, onPress) {
  const button = event.target.closest("button.slack_blocks_to_jsx__button_element");
  const pressed = button && buttons(blocks).find((candidate) => candidate.action_id === button.id);
  if (!pressed?.value) return;
  onPress({ ...JSON.parse(pressed.value), values: values(host) }, button);
}

function buttons(blocks) {
  return blocks
    .flatMap((block) => [...(block.elements ?? []), block.accessory])
    .filter((element) => element?.type === "button");
}

// A moment is two blocks, `id.date` and `id.time`, and comes back as one local date and time.
function values(host) {
  const raw = Object.fromEntries(
    [...host.querySelectorAll("[data-input]:not([type=radio]), [data-input]:checked")].map((field) => [
      field.dataset.input,
      field.value,
    ]),
  );
  for (const [id, date] of Object.entries(raw)) {
    if (!id.endsWith(".date")) continue;
    const moment = id.slice(0, -".date".length);
    const time = raw[`${moment}.time`] ?? "";
    raw[moment] = date || time ? `${date}T${time}` : "";
    delete raw[id];
    delete raw[`${moment}.time`];
  }
  return raw;
}

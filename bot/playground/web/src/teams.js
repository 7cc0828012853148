// Adaptive Cards as Teams draws them: the official renderer with Teams' own host configuration.
import { AdaptiveCard, GlobalRegistry, HostConfig, SerializationContext, Table, Versions } from "adaptivecards";
import darkCss from "adaptivecards-designer/dist/containers/teams-container-dark.css";
import lightCss from "adaptivecards-designer/dist/containers/teams-container-light.css";
import darkConfig from "adaptivecards-designer/lib/hostConfigs/microsoft-teams-dark.json";
import lightConfig from "adaptivecards-designer/lib/hostConfigs/microsoft-teams-light.json";
import { micromark } from "micromark";
import ownCss from "./teams.css";
import { withLocalPictures } from "./local.js";
import { shadow } from "./shadow.js";

GlobalRegistry.defaultElements.register("Table", Table, Versions.v1_5); // by itself it would be left out of the bundle

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = micromark(text);
  result.didProcess = true;
};

export function teams(element, payload, dark, onPress) {
  const host = shadow(element, (dark ? darkCss : lightCss) + ownCss);
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(dark ? darkConfig : lightConfig);
  card.onExecuteAction = (action) => press(action, card, onPress);
  card.parse(withLocalPictures(payload.attachments?.[0]?.content ?? payload), new SerializationContext(Versions.v1_6));
  const frame = document.createElement("div");
  frame.className = dark ? "teams dark" : "teams";
  const drawn = card.render();
  if (drawn) frame.append(drawn);
  host.replaceChildren(frame);
}

function press(action, card, onPress) {
  const type = action.getJsonTypeName();
  if (type === "Action.OpenUrl") return void window.open(action.url, "_blank", "noopener");
  if (type !== "Action.Execute" && type !== "Action.Submit") return;
  const { delivery = "", verb, item = "", value = "" } = action.data ?? {};
  onPress({ delivery, verb: verb ?? action.verb, item, value, values: values(card) }, action.renderedElement);
}

// Inputs are named `input-id`; a moment is two, `date-id` and `time-id`, and comes back as one local date and time.
function values(card) {
  const raw = Object.fromEntries(card.getAllInputs().map((input) => [input.id, String(input.value ?? "")]));
  const found = {};
  for (const [name, value] of Object.entries(raw)) {
    const [, kind, id] = /^(input|date)-(.*)$/.exec(name) ?? [];
    if (kind === "input") found[id] = value;
    if (kind === "date") found[id] = value || raw[`time-${id}`] ? `${value}T${raw[`time-${id}`] ?? ""}` : "";
  }
  return found;
}

// An input block with the browser's own controls, in Slack's look.
import { createElement as h } from "react";

const PICKERS = {
  datepicker: ["date", "initial_date"],
  timepicker: ["time", "initial_time"],
};

export function SlackInput({ block }) {
  const { element, label, hint, optional } = block;
  const id = element.action_id ?? block.block_id;
  const hintId = hint && `${id}-hint`;
  if (element.type === "radio_buttons") return radios(element, id, label.text);
  return h(
    "div",
    { className: "input" },
    h("label", { htmlFor: id }, label.text, optional && h("span", null, " (optional)")),
    control(element, { id, "data-input": id, "aria-describedby": hintId, required: !optional }),
    hint && h("p", { id: hintId }, hint.text),
  );
}

function radios(element, id, label) {
  const options = element.options.map((option) =>
    h("label", { key: option.value }, [
      h("input", {
        key: "input",
        type: "radio",
        name: id,
        "data-input": id,
        value: option.value,
        defaultChecked: option.value === element.initial_option?.value,
      }),
      h("div", { key: "text" }, option.text.text),
    ]),
  );
  return h("fieldset", { className: "input" }, h("legend", null, label), ...options);
}

function control(element, common) {
  if (element.type === "static_select") {
    const options = element.options.map((option) =>
      h("option", { key: option.value, value: option.value }, option.text.text),
    );
    return h("select", { ...common, defaultValue: element.initial_option?.value ?? "" }, [
      h("option", { key: "", value: "" }, element.placeholder?.text ?? "Choose"),
      ...options,
    ]);
  }
  if (element.type in PICKERS) {
    const [type, initial] = PICKERS[element.type];
    return h("input", { ...common, type, defaultValue: element[initial] });
  }
  const text = { ...common, defaultValue: element.initial_value ?? "", maxLength: element.max_length };
  return element.multiline ? h("textarea", { ...text, rows: 4 }) : h("input", { ...text, type: "text" });
}

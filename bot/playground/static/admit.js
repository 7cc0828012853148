// Adding a person: a small form in the dialog.
import { post } from "./api.js";
import { make } from "./elements.js";
import { open, shut } from "./form.js";

const ROLES = ["employee", "manager", "leader", "approver", "quality lead", "auditor", "administrator"];

export function openAdmission(added) {
  const field = (name, label, control, hint) =>
    make(
      "div",
      { class: "field" },
      make("label", { for: `admit-${name}` }, label),
      control,
      hint && make("p", { class: "hint", id: `admit-${name}-hint` }, hint),
    );
  const input = (name, more = {}) =>
    make("input", { id: `admit-${name}`, name, type: "text", autocomplete: "off", maxlength: 200, ...more });
  const role = make(
    "select",
    { id: "admit-roles", name: "roles" },
    ...ROLES.map((value) => make("option", { value }, value)),
  );
  const send = async (event) => {
    event.preventDefault();
    const person = await post("people", Object.fromEntries(new FormData(event.target)));
    if (!person) return;
    shut();
    added(person);
  };
  const form = make(
    "form",
    { class: "holder", onsubmit: send },
    make("h3", { class: "card-title" }, "Add a person"),
    field("name", "Name", input("name", { required: true })),
    field(
      "email",
      "E-mail",
      input("email", { type: "email", required: true, "aria-describedby": "admit-email-hint" }),
      "Any address will do, such as tim@example.org; nothing is sent to it.",
    ),
    field("team", "Team", input("team")),
    field("roles", "Role", role),
    make("div", { class: "buttons" }, make("button", { type: "submit", class: "press primary" }, "Add")),
  );
  open("Add a person", form);
}

// One person's column: who they are, their chat, their home, and the box they type in.
import { get, newKey, post } from "./api.js";
import { draw, drawing } from "./drawing.js";
import { make, tabs } from "./elements.js";
import { openCard } from "./form.js";
import { dayOf, dayTitle, timeOf } from "./moments.js";

export class Column {
  constructor(person, onNews, onClose) {
    this.key = person.key;
    this.items = new Map();
    this.onNews = onNews;
    this.onClose = onClose;
    this.asked = 0;
    this.atEnd = true; // whoever reads the newest message goes on seeing the newest
    this.talk = {
      send: (pressed) => this.send(pressed),
      sketch: ({ delivery, values }) => post(this.path("sketched"), { delivery, values }),
    };
    this.build(person);
    this.describe(person);
  }

  build(person) {
    const id = (part) => `${part}-${person.key}`;
    const tab = (part, label, selected) =>
      make(
        "button",
        {
          type: "button",
          role: "tab",
          id: id(`tab-${part}`),
          "aria-controls": id(part),
          "aria-selected": selected,
          tabindex: selected ? 0 : -1,
        },
        label,
      );
    this.chat = make("div", { class: "chat", role: "log", "aria-label": `Chat of ${person.name}`, tabindex: 0 });
    this.home = make("article", { class: "card home", tabindex: -1 });
    this.box = make("input", {
      type: "text",
      name: "text",
      maxlength: 3000,
      autocomplete: "off",
      placeholder: "Type help, quiz, today …",
      "aria-label": `Write to Catchball as ${person.name}`,
    });
    const composer = make(
      "form",
      { class: "composer", onsubmit: (event) => this.say(event) },
      this.box,
      make("button", { type: "submit", class: "primary" }, "Send"),
    );
    const panel = (part, ...children) =>
      make(
        "div",
        {
          class: part,
          role: "tabpanel",
          id: id(part),
          "aria-labelledby": id(`tab-${part}`),
          hidden: part === "homeroom",
        },
        ...children,
      );
    this.closing = make(
      "button",
      { type: "button", class: "close", "aria-label": `Close ${person.name}`, onclick: () => this.onClose(this) },
      "×",
    );
    this.name = make("h2");
    this.facts = make("p");
    const list = make(
      "div",
      { class: "tabs", role: "tablist", "aria-label": `Views of ${person.name}` },
      tab("chatroom", "Chat", true),
      tab("homeroom", "Home", false),
    );
    const initials = person.name
      .split(/\s+/)
      .map((word) => [...word][0])
      .slice(0, 2)
      .join("");
    this.element = make(
      "section",
      { class: "person", id: `person-${person.key}`, "aria-label": person.name },
      make(
        "header",
        {},
        make("span", { class: "face", "aria-hidden": "true" }, initials),
        make("div", {}, this.name, this.facts),
        list,
        this.closing,
      ),
      panel("chatroom", this.chat, composer),
      panel("homeroom", this.home),
    );
    this.chat.addEventListener(
      "scroll",
      () => (this.atEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80),
    );
    new ResizeObserver(() => this.stay()).observe(this.chat);
    this.chatTab = list.firstChild;
    this.select = tabs(list, (chosen) => chosen === id("tab-homeroom") && this.openHome());
  }

  describe(person) {
    this.name.textContent = person.name;
    const paused = person.paused_until && `paused until ${dayTitle(person.paused_until)}`;
    this.facts.textContent = [person.roles.join(", "), person.team, paused].filter(Boolean).join(" · ");
    this.facts.title = this.facts.textContent; // in case there is no room for all of it
  }

  path = (what) => `people/${encodeURIComponent(this.key)}/${what}?drawing=${drawing()}`;

  async refresh() {
    const asked = ++this.asked;
    const answer = await get(this.path("chat"));
    if (!answer || asked !== this.asked) return; // a later look is on its way
    const first = this.items.size === 0;
    const news = await this.reconcile(withDays(answer.items));
    this.chat.classList.toggle("empty", answer.items.length === 0);
    if (news && first) this.atEnd = true;
    this.stay();
    if (!news || first) return;
    if (this.chat.parentElement.hidden) this.chatTab.dataset.news = "";
    this.onNews(this);
  }

  stay() {
    if (this.atEnd) this.chat.scrollTo({ top: this.chat.scrollHeight, behavior: "instant" });
  }

  // What is on the page already stays the same element, so that focus and what was typed are kept.
  async reconcile(items) {
    let news = false;
    let cursor = this.chat.firstChild;
    const wanted = new Set(items.map((item) => item.id));
    for (const [id, element] of this.items) {
      if (wanted.has(id)) continue;
      if (cursor === element) cursor = element.nextSibling;
      element.remove();
      this.items.delete(id);
    }
    for (const item of items) {
      let element = this.items.get(item.id);
      if (!element) {
        news = true;
        element = bubble(item);
        this.items.set(item.id, element);
      }
      if (item.kind === "card") await this.drawMessage(element.firstChild, item.card);
      if (cursor === element) cursor = element.nextSibling;
      else this.chat.insertBefore(element, cursor);
    }
    return news;
  }

  // `version` is what is shown, `stored` what the outbox says; a sentence shown after a press stays until that changes.
  async drawMessage(article, card) {
    if (card.version === article.dataset.version || card.version === article.dataset.stored) return;
    article.dataset.stored = card.version;
    await this.show(article, card, (pressed, button) => this.pressMessage(article, pressed, button));
  }

  async show(article, card, onPress) {
    const focused = article.contains(document.activeElement);
    article.dataset.version = card.version;
    await draw(article, card, onPress);
    if (focused) article.focus({ preventScroll: true });
  }

  async pressMessage(article, pressed, button) {
    const answer = await this.press(article, pressed, button);
    if (!answer) return;
    const replace = (card) => {
      this.show(article, card, (again, key) => this.pressMessage(article, again, key));
      return true;
    };
    if (answer.form) openCard(answer.form, this.talk, pressed.verb === "said" ? undefined : replace);
    else if (answer.show) replace(answer.show);
  }

  async pressHome(pressed, button) {
    const answer = await this.press(this.home, pressed, button);
    if (!answer) return;
    const shown = answer.form ?? answer.show;
    if (shown) openCard(shown, this.talk);
    else if (pressed.verb === "said") this.select(this.chatTab, true);
    this.openHome();
  }

  async press(card, pressed, button) {
    if (card.ariaBusy === "true") return undefined;
    card.ariaBusy = "true";
    button?.setAttribute("aria-disabled", "true");
    const answer = await this.send(pressed);
    card.ariaBusy = "false";
    button?.removeAttribute("aria-disabled");
    return answer;
  }

  send(pressed) {
    const { delivery, verb, item, value, values } = pressed;
    return post(this.path("pressed"), { key: newKey(), delivery, verb, item, value, values });
  }

  // The next look draws every card anew: another drawing was chosen.
  forget() {
    for (const element of this.items.values()) {
      const card = element.querySelector(":scope > .card");
      if (card) (delete card.dataset.version, delete card.dataset.stored);
    }
  }

  async say(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.atEnd = true;
    const answer = await post(this.path("said"), { key: newKey(), text });
    if (!answer) this.box.value = text;
    else if (answer.form ?? answer.show) openCard(answer.form ?? answer.show, this.talk);
  }

  async openHome() {
    if (this.home.parentElement.hidden) return;
    const answer = await post(this.path("home"), { key: newKey() });
    if (answer?.show) await this.show(this.home, answer.show, (pressed, button) => this.pressHome(pressed, button));
  }
}

function bubble(item) {
  if (item.kind === "day") return make("p", { class: "day" }, item.title);
  const time = make("time", { datetime: item.at }, timeOf(item.at));
  if (item.kind === "typed") return make("div", { class: "typed" }, make("p", {}, item.text), time);
  return make("div", { class: "message" }, make("article", { class: "card", tabindex: -1 }), time);
}

function withDays(items) {
  const out = [];
  for (const item of items) {
    const id = `day-${dayOf(item.at)}`;
    if (!out.some((earlier) => earlier.id === id)) out.push({ kind: "day", id, title: dayTitle(item.at) });
    out.push(item);
  }
  return out;
}

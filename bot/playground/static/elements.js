// Making elements, and tabs that work with the arrow keys.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) value != null && element.setAttribute(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

// Each tab's panel is named by aria-controls; `chosen` hears the id of the tab.
export function tabs(list, chosen = () => {}) {
  const all = () => [...list.querySelectorAll('[role="tab"]')];
  const select = (tab, focus = false) => {
    for (const other of all()) {
      const on = other === tab;
      other.setAttribute("aria-selected", on);
      other.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      if (panel && list.dataset.panels !== "shown") panel.hidden = !on;
    }
    tab.removeAttribute("data-news");
    if (focus) tab.focus();
    chosen(tab.id);
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) select(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = all().indexOf(document.activeElement);
    if (!step || here < 0) return;
    event.preventDefault();
    select(all().at((here + step) % all().length), true);
  });
  return select;
}

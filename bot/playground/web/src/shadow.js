// A card of a platform lives in its own shadow: its styles and its ids stay inside, the page's stay outside.
const sheets = new Map();

export function shadow(element, css) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet(css)];
  return root;
}

function sheet(css) {
  if (!sheets.has(css)) {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    sheets.set(css, made);
  }
  return sheets.get(css);
}

// Who is open, kept in the page's address: keys, and the one who is seen where there is room for one only.
const asked = new URLSearchParams(location.search);

export const named = asked.get("people"); // null: the server chooses
export const chosenOne = asked.get("chosen");

export function keep(keys, chosen) {
  const list = keys.map(encodeURIComponent).join(",");
  const one = chosen && chosen !== keys[0] ? `&chosen=${encodeURIComponent(chosen)}` : "";
  history.replaceState(null, "", `?people=${list}${one}`);
  carry();
}

// The way to the other page and back keeps who is open.
export function carry() {
  for (const link of document.querySelectorAll("nav a")) link.search = location.search;
}

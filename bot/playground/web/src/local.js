// The page asks nothing of the outside: a picture from elsewhere is shown by its frame and its alternative text.
const PLACEHOLDER =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120" viewBox="0 0 320 120"><rect width="320" height="120" rx="8" ' +
      'fill="#8886"/><path d="M60 95l60-55 45 40 30-25 65 40z" fill="#8889"/><circle cx="225" cy="35" r="12" fill="#8889"/></svg>',
  );

const PICTURE_KEYS = new Set(["image_url", "url"]);

export function withLocalPictures(node) {
  if (Array.isArray(node)) return node.map(withLocalPictures);
  if (node === null || typeof node !== "object") return node;
  const isPicture = /^image$/i.test(node.type ?? "");
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const foreign = isPicture && PICTURE_KEYS.has(key) && !String(value).startsWith("data:");
      return [key, foreign ? PLACEHOLDER : withLocalPictures(value)];
    }),
  );
}

// Bundles src/cards.js with both renderers and their styles into one file that the page loads from this machine.
import { build } from "esbuild";

await build({
  entryPoints: ["src/cards.js"],
  outfile: "../static/bundle/cards.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".css": "text" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "eof",
  logLevel: "warning",
});

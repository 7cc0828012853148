// Bundles src/plots.js with Vega and Vega-Lite into one file that the page loads from this machine.
import { build } from "esbuild";

await build({
  entryPoints: ["src/plots.js"],
  outfile: "../static/bundle/plots.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});

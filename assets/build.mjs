// Builds the vendored front-end files: `npm ci && npm run build`. Their versions are those of package-lock.json.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as sass from "sass";

const here = import.meta.dirname;
const modules = join(here, "node_modules");
const vendor = join(here, "../src/preceptor/service/static/vendor");
const tests = join(here, "../tests/browser/vendor");
const shipped = [];

function put(folder, path, content) {
  // A source map is not shipped, so nothing may point at one.
  const bytes = typeof content === "string" ? content.replace(/\n?\/[*/]# sourceMappingURL=.*$/m, "").trimEnd() + "\n" : content;
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
  shipped.push([path, createHash("sha256").update(bytes).digest("hex")]);
}
const read = (path) => readFileSync(join(modules, path), "utf8");
const about = (name) => JSON.parse(read(`${name}/package.json`));

rmSync(vendor, { recursive: true, force: true });
const css = sass.compile(join(here, "nhsuk.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
}).css;
if (/https?:\/\/(?!www\.w3\.org)/.test(css) || css.includes("Frutiger"))
  throw new Error("the style sheet would ask another server for something");
put(vendor, "nhsuk/nhsuk.css", css);
put(vendor, "nhsuk/nhsuk.js", read("nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js"));
for (const icon of new Set([...css.matchAll(/images\/[\w-]+\.svg/g)].map(String)))
  put(vendor, `nhsuk/${icon}`, read(`nhsuk-frontend/dist/nhsuk/assets/${icon}`));
put(vendor, "nhsuk/LICENCE.md", readFileSync(join(here, "licences/nhsuk-frontend.md"), "utf8"));
put(vendor, "htmx/htmx.js", read("htmx.org/dist/htmx.min.js"));
put(vendor, "htmx/LICENCE.md", read("htmx.org/LICENSE"));

const versions = ["nhsuk-frontend", "htmx.org"].map(about);
writeFileSync(
  join(vendor, "README.md"),
  `# Front-end files of others\n\nMade by \`assets/build.mjs\`; never edited by hand. No font, no logo, no source map.\n\n` +
    `| package | version | licence |\n|---|---|---|\n` +
    versions.map((p) => `| ${p.name} | ${p.version} | ${p.license} |\n`).join("") +
    `\n| file | SHA-256 |\n|---|---|\n` +
    shipped.map(([path, digest]) => `| ${path} | ${digest} |\n`).join(""),
);

// For the tests alone; it is not in the package.
mkdirSync(tests, { recursive: true });
cpSync(join(modules, "axe-core/axe.min.js"), join(tests, "axe.min.js"));
cpSync(join(modules, "axe-core/LICENSE"), join(tests, "LICENSE"));

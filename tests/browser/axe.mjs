// axe-core over the page as it stands, in both themes: names, roles and contrast. What it calls serious or critical fails.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dress } from "./shots.mjs";

const SOURCE = readFileSync(createRequire(new URL("../../web/package.json", import.meta.url)).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];
const MOST_NODES = 3;

/** Every transition at its end: a colour half-way between two is nobody's choice. Adopted, as the content security policy allows. */
const hold = (page) =>
  page.evaluate(() => {
    window.still = new CSSStyleSheet();
    window.still.replaceSync("*, *::before, *::after { transition: none !important; }");
    document.adoptedStyleSheets.push(window.still);
  });

const release = (page) =>
  page.evaluate(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== window.still);
  });

export async function barriers(page) {
  const found = [];
  for (const scheme of ["dark", "light"]) {
    await dress(page, scheme);
    await hold(page);
    // Evaluated, not added as a script: the server's content security policy allows none but its own.
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
    const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
    await release(page);
    for (const violation of violations.filter((each) => GRAVE.includes(each.impact)))
      for (const node of violation.nodes.slice(0, MOST_NODES)) {
        const [why] = [...node.any, ...node.all, ...node.none];
        found.push(`${scheme}, ${violation.id}: ${node.html.slice(0, 120)} (${why?.message ?? violation.help})`);
      }
  }
  return found;
}

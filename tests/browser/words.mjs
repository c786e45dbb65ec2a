// The console's own words in a language, so that the story presses what a person reads.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../web/src", import.meta.url));

/** `words("zh")("incident.act.acknowledge")`: catalogues lie beside their nouns, as src/i18n joins them. */
export function words(language) {
  const texts = {};
  for (const file of readdirSync(SOURCE, { recursive: true })) {
    const parts = String(file).split("/");
    if (parts.at(-1) !== `${language}.json`) continue;
    const noun = (parts.at(-2) ?? "").replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    texts[noun] = JSON.parse(readFileSync(join(SOURCE, String(file)), "utf8"));
  }
  return (key, values = {}) => {
    const text = key.split(".").reduce((at, part) => at?.[part], texts);
    if (typeof text !== "string") throw new Error(`no ${language} text for ${key}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name] ?? ""));
  };
}

// Every text in both languages, no text unknown, none unused: read from the sources.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const SRC = path.resolve(import.meta.dirname, "../src");

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isDirectory() ? walk(file) : [file];
  });
}
const files = walk(SRC);
const noun = (file: string) =>
  path.basename(path.dirname(file)).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function leaves(node: unknown, prefix: string): [string, string][] {
  if (typeof node === "string") return [[prefix, node]];
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) => leaves(value, `${prefix}.${key}`));
}
const catalogue = (language: "zh" | "en") =>
  new Map(
    files
      .filter((file) => file.endsWith(`${language}.json`))
      .flatMap((file) => leaves(JSON.parse(readFileSync(file, "utf8")), noun(file))),
  );
/** Chinese has one plural form, English two. */
const bare = (key: string) => key.replace(/_(one|other)$/, "");
const zh = catalogue("zh");
const en = catalogue("en");

const sources = files
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts") && !file.endsWith("schema.ts"))
  .map((file) => readFileSync(file, "utf8"));
const nouns = new Set([...zh.keys()].map((key) => key.split(".")[0]));
const fixed = new Set<string>();
const patterns: RegExp[] = [];
const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
for (const source of sources) {
  for (const [, key = ""] of source.matchAll(/["'`]([a-zA-Z]+(?:\.[a-zA-Z0-9_]+)+)["'`]/g)) {
    if (nouns.has(key.split(".")[0] ?? "")) fixed.add(key);
  }
  // `noun.part.${code}` stands for every key of that form; a prefix given to textOf for all below it.
  for (const [, template = ""] of source.matchAll(/`([a-zA-Z]+\.[^`\s]*\$\{[^`]*)`/g)) {
    if (!nouns.has(template.split(".")[0] ?? "")) continue;
    const form = template
      .split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/)
      .map(literal)
      .join("[a-zA-Z0-9_]+");
    patterns.push(new RegExp(`^${form}$`));
  }
  for (const [, prefix = ""] of source.matchAll(/textOf\(\s*t,\s*"([a-zA-Z.]+)"/g))
    patterns.push(new RegExp(`^${literal(prefix)}\\.[a-zA-Z0-9_]+$`));
}
const prefixes = new Set(
  sources.flatMap((source) => [...source.matchAll(/textOf\(\s*t,\s*"([a-zA-Z.]+)"/g)].map((match) => match[1] ?? "")),
);

describe("the catalogues", () => {
  it("have every text in both languages", () => {
    const inZh = new Set([...zh.keys()].map(bare));
    const inEn = new Set([...en.keys()].map(bare));
    expect([...inZh].filter((key) => !inEn.has(key))).toEqual([]);
    expect([...inEn].filter((key) => !inZh.has(key))).toEqual([]);
  });

  it("have no empty text", () => {
    for (const [key, text] of [...zh, ...en]) expect(text.trim(), key).not.toBe("");
  });

  it("use the same values in both languages", () => {
    const values = (text: string | undefined) =>
      [...new Set([...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]))].sort().join();
    for (const [key, text] of zh) {
      const twin = en.get(key) ?? en.get(`${bare(key)}_other`);
      expect(values(twin), key).toBe(values(text));
    }
  });

  it("know every key that the console asks for", () => {
    const known = new Set([...zh.keys()].map(bare));
    const below = (key: string) => [...known].some((each) => each.startsWith(`${key}.`));
    const asked = [...fixed].filter((key) => !prefixes.has(key) || !below(key));
    // A literal that is a part of a tree is a prefix; everything else must be a text.
    expect(asked.filter((key) => !known.has(key) && !below(key) && !NOT_TEXTS.has(key))).toEqual([]);
    for (const pattern of patterns)
      expect(
        [...known].some((key) => pattern.test(key)),
        String(pattern),
      ).toBe(true);
  });

  it("hold nothing that nobody asks for", () => {
    const unused = [...new Set([...zh.keys()].map(bare))].filter(
      (key) => !fixed.has(key) && !patterns.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it("cover every error code of the server", () => {
    const source = readFileSync(path.resolve(SRC, "../../crates/core/src/error.rs"), "utf8");
    const codes = [...source.matchAll(/= "(\w+)", \d{3}, "/g)].map((match) => match[1]);
    expect(codes.length).toBeGreaterThan(10);
    for (const code of codes) expect(zh.has(`kit.problem.${code}`), code).toBe(true);
  });
});

/** Words with a dot that are not texts: permissions and event kinds. */
const NOT_TEXTS = new Set(
  [
    ...readFileSync(path.join(SRC, "api/schema.ts"), "utf8").matchAll(/"(\w+\.\w+)"/g),
    ...readFileSync(path.join(SRC, "manage/incident/timeline.tsx"), "utf8").matchAll(
      /(?:case|kind [!=]==) "(\w+\.\w+)"/g,
    ),
  ].map((match) => match[1] ?? ""),
);

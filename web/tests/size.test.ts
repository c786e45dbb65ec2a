// The first screen stays under its budget: what a browser must fetch before it shows a page, compressed as it travels.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const BUDGET = 550_000;
const ROOT = path.resolve(import.meta.dirname, "..");
interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
  imports?: string[];
  isEntry?: boolean;
}
let out = "";
let manifest: Record<string, Chunk> = {};

beforeAll(async () => {
  out = mkdtempSync(path.join(os.tmpdir(), "console-"));
  await build({ root: ROOT, logLevel: "silent", build: { outDir: out, emptyOutDir: true, manifest: true } });
  manifest = JSON.parse(readFileSync(path.join(out, ".vite/manifest.json"), "utf8"));
}, 120_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Everything that a chunk needs before it can run. */
function needed(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return seen;
  seen.add(key);
  for (const each of chunk.imports ?? []) needed(each, seen);
  return seen;
}

function weigh(keys: Iterable<string>): number {
  const files = new Set<string>();
  for (const key of keys) {
    const chunk = manifest[key];
    if (!chunk) continue;
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
  }
  let bytes = gzipSync(readFileSync(path.join(out, "index.html"))).length;
  for (const file of files) {
    const content = readFileSync(path.join(out, file));
    bytes += file.endsWith(".woff2") ? content.length : gzipSync(content).length;
  }
  return bytes;
}

describe("the first screen", () => {
  it.each([
    "src/shell/sign-in.tsx",
    "src/analyze/home/home.tsx",
    "src/manage/incident/queue.tsx",
    "src/manage/incident/detail.tsx",
    "src/analyze/report/detail.tsx",
    "src/observe/on-call/on-call.tsx",
  ])("%s fits the budget", (page) => {
    const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry) ?? "";
    expect(manifest[page], "a page of its own chunk").toBeDefined();
    // And the texts of one language.
    const bytes = weigh(needed("src/i18n/zh.ts", needed(page, needed(entry))));
    console.log(`${page}: ${(bytes / 1000).toFixed(0)} kB`);
    expect(bytes).toBeLessThan(BUDGET);
  });
});

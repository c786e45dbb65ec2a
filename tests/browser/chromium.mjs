// The browser of the stories, and how it is started.
import { existsSync } from "node:fs";

// Long, for machines whose disks are busy: what is quick is measured elsewhere.
export const WAIT_MS = 20_000;
export const CHROMIUM =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const LOCALE = { zh: "zh-CN", en: "en-GB" };

// Screenshots of the built console over the fixtures: `node dev/shots.mjs [name…]`, into dev/shots/. For looking at.
import { mkdir, mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { incidents, probes, reportHeads, services } from "./data.mjs";

const BASE = process.env.BASE ?? "http://127.0.0.1:4310";
const OUT = path.resolve(import.meta.dirname, "shots");
const PAGES = {
  home: "/",
  incidents: "/incidents",
  incident: `/incidents/${incidents[0].id}`,
  restored: `/incidents/${incidents[28].id}`,
  services: "/services",
  service: `/services/${services[1].id}`,
  probes: "/probes",
  probe: `/probes/${probes[0].id}`,
  host: "/host",
  oncall: "/on-call",
  reports: "/reports",
  report: `/reports/${reportHeads[0].id}`,
  people: "/settings/people",
  agreements: "/settings/agreements",
  calendars: "/settings/calendars",
  health: "/settings/health",
  tokens: "/settings/tokens",
  configuration: "/settings/configuration",
  ack: "/ack?token=abc",
};
const wanted = process.argv.slice(2);
const names = wanted.length ? wanted : Object.keys(PAGES);
const VARIANTS = (process.env.VARIANTS ?? "zh-light-1440").split(",");
await mkdir(OUT, { recursive: true });
const profile = await mkdtemp(path.join(os.tmpdir(), "shots-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
  timezoneId: "Asia/Shanghai",
});
for (const variant of VARIANTS) {
  const [language, theme, width] = variant.split("-");
  const page = await browser.newPage();
  await page.setViewportSize({ width: Number(width), height: Number(width) < 500 ? 844 : 900 });
  page.on("console", (m) => m.type() === "error" && console.log(variant, "console:", m.text().slice(0, 300)));
  page.on("pageerror", (e) => console.log(variant, "page error:", e.message.slice(0, 300)));
  await page.addInitScript(
    ([l, t]) => {
      localStorage.setItem("evenkeel.language", l);
      localStorage.setItem("evenkeel.theme", t);
    },
    [language, theme],
  );
  for (const name of names) {
    const [key, step] = name.split("+");
    await page.goto(BASE + (PAGES[key] ?? key));
    await page.waitForTimeout(900);
    if (step === "explain") await page.locator(".clock-card").first().click();
    if (step === "evidence") await page.locator(".figure-card").first().click();
    if (step === "palette") {
      await page.keyboard.press("Control+k");
      await page.waitForTimeout(400);
      await page.keyboard.type("dd");
    }
    if (step === "bulk") for (const k of ["j", "x", "j", "x", "j"]) await page.keyboard.press(k);
    if (step === "declare") await page.keyboard.press("c");
    if (step === "help") await page.keyboard.press("?");
    if (step === "assign") await page.keyboard.press("a");
    if (step === "run") await page.locator(".page-actions button").first().click();
    if (step === "press") await page.locator(".ack-button").click();
    if (step) await page.waitForTimeout(900);
    await page.screenshot({
      path: path.join(OUT, `${name.replaceAll("/", "_")}-${variant}.png`),
      fullPage: process.env.FULL === "1" && !step,
    });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.log(`${name} ${variant}: ${wide}px too wide`);
  }
  await page.close();
}
await browser.close();

// Pictures of the console, saved only when EVENKEEL_SHOTS names a folder: for the README, and to be looked at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER = process.env.EVENKEEL_SHOTS;
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Puts the page into light or dark and waits until nothing moves but what moves for ever. */
export async function dress(page, scheme) {
  await page.emulateMedia({ colorScheme: scheme });
  await page.waitForFunction((wanted) => document.documentElement.dataset.scheme === wanted, scheme);
  await page.evaluate(async () => {
    // The theme's own styles follow its mark a frame later, and only then do colours begin to move.
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    await frame();
    await frame();
    const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.all(ending.map((each) => each.finished.catch(() => {})));
  });
}

/** `shoot("home")` in both themes; with `phone`, at a phone's width too. */
export function camera(page, language) {
  return async (name, { phone = false, wide = true } = {}) => {
    if (!FOLDER) return;
    mkdirSync(FOLDER, { recursive: true });
    const sizes = [...(wide ? [["", WIDE]] : []), ...(phone ? [["-phone", PHONE]] : [])];
    const before = page.viewportSize();
    for (const [suffix, size] of sizes) {
      await page.setViewportSize(size);
      for (const scheme of ["dark", "light"]) {
        await dress(page, scheme);
        await page.screenshot({ path: join(FOLDER, `${name}${suffix}.${language}.${scheme}.png`), animations: "allow" });
      }
    }
    await page.setViewportSize(before);
  };
}

/** The same for a page without scripts, which follows the browser's scheme alone. */
export function plainCamera(page, language) {
  return async (name) => {
    if (!FOLDER) return;
    mkdirSync(FOLDER, { recursive: true });
    for (const [suffix, size] of [["", WIDE], ["-phone", PHONE]]) {
      await page.setViewportSize(size);
      for (const colorScheme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(FOLDER, `${name}${suffix}.${language}.${colorScheme}.png`), fullPage: true });
      }
    }
  };
}

/** A picture of where a step failed. */
export async function failure(page, name) {
  if (!FOLDER) return;
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `failed-${name.replace(/[^\w]+/g, "-")}.png`) });
}

// Browser push: the console's button as far as it goes without a vendor's push service, and our service worker in a real
// Chromium. The server pushes to a push service of our own (tests/push), what it opens is handed to Chromium as a vendor's
// service would, and the notification is pressed.
import { createRequire } from "node:module";
import { PushService } from "../push/service.mjs";
import { barriers } from "./axe.mjs";
import { CHROMIUM, FLAGS, LOCALE, WAIT_MS } from "./chromium.mjs";
import { expect, Stop, step, tally } from "./checks.mjs";
import { camera, failure, WIDE } from "./shots.mjs";
import { Stage, until } from "./stage.mjs";
import { stumbles, troubles } from "./watch.mjs";
import { words } from "./words.mjs";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("playwright-core");
const WORKER = "/service-worker.js";

/** The page's own requests, as the console makes them. */
const ask = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const headers = { "content-type": "application/json", "X-Evenkeel-Request": "1" };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    [method, path, body],
  );

async function tell(browser, language) {
  const t = words(language);
  const stage = await Stage.open();
  const vendor = await PushService.start();
  const context = await browser.newContext({ locale: LOCALE[language], viewport: WIDE, colorScheme: "light", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const wrong = troubles(page);
  const does = (name, body) =>
    step(`${language} push: ${name}`, body, async () => {
      for (const line of stage.server.output.trimEnd().split("\n").slice(-12)) console.log(`    server: ${line}`);
      console.log(`    pushed: ${JSON.stringify(vendor.taken)}`);
      await failure(page, `${language} push ${name}`);
    });
  const seen = [];
  const look = async (name) => {
    // A button under the pointer has the colours of one that is about to be pressed.
    await page.mouse.move(0, 0);
    seen.push(...[...(await stumbles(page)), ...(await barriers(page))].map((fault) => `${name}: ${fault}`));
    await camera(page, language)(name, { phone: true });
  };
  const panel = page.getByTestId("this-browser");
  const add = panel.getByRole("button", { name: t("onCall.browserAdd"), exact: true });
  const shown = () =>
    page.evaluate(async (worker) => {
      const registration = await navigator.serviceWorker.getRegistration(worker);
      const all = (await registration?.getNotifications()) ?? [];
      return all.map(({ tag, title, body, lang, actions, silent }) => ({ tag, title, body, lang, silent, actions: actions?.map((each) => each.action) }));
    }, WORKER);
  /** What a press on the newest notification does, by its service worker; Chromium without a screen has none to press. */
  const press = async (action) => {
    const worker = context.serviceWorkers().find((each) => each.url().endsWith(WORKER));
    await worker.evaluate(async (action) => {
      const notification = (await self.registration.getNotifications()).at(-1);
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
    }, action);
  };
  const devtools = await context.newCDPSession(page);
  let registrationId;
  devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const ours = registrations.find((each) => !each.isDeleted && each.scopeURL.startsWith(stage.url));
    registrationId = ours?.registrationId ?? registrationId;
  });
  /** Hands on what the push service took next, as it would. */
  const deliver = async (what, wanted) => {
    const entry = await until(what, () => vendor.taken.find((each) => !each.handed && (each.wrong || wanted(each.note))));
    expect(!entry.wrong, () => entry.wrong);
    entry.handed = true;
    const data = JSON.stringify(entry.note);
    await devtools.send("ServiceWorker.deliverPushMessage", { origin: stage.url, registrationId, data });
    return entry.note;
  };

  try {
    await does("the page offers this browser; blocked notifications are said so", async () => {
      await page.goto(await stage.firstLink());
      await page.getByRole("button", { name: t("shell.signIn.linkButton"), exact: true }).click();
      await page.getByRole("button", { name: t("shell.password.later"), exact: true }).click();
      await page.getByRole("navigation", { name: t("shell.navigation") }).waitFor();
      // Whoever's browser this is has to be on call, whatever week it is.
      const { person } = (await ask(page, "GET", "/api/v1/session")).body;
      const [{ team }] = (await ask(page, "GET", "/api/v1/on-call")).body;
      const [from, to] = [0, 24].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
      const stands = await ask(page, "POST", `/api/v1/on-call/${team.id}/overrides`, { person_id: person.id, from, to });
      expect(stands.status < 300, () => JSON.stringify(stands));
      await page.goto(`${stage.url}/on-call/contact`);
      // Chromium without a screen says no to whoever asks.
      await add.click();
      await panel.getByText(t("onCall.browserState.denied"), { exact: true }).waitFor();
      expect(await add.isDisabled(), "nothing to press while notifications are blocked");
      await look("contact-browser-denied");
    });

    await does("with leave it registers our service worker, and a push service that cannot be reached is said so", async () => {
      await context.grantPermissions(["notifications"], { origin: stage.url });
      await devtools.send("ServiceWorker.enable");
      await page.reload();
      await panel.getByText(t("onCall.browserState.off"), { exact: true }).waitFor();
      await add.click();
      await page.getByRole("alert").getByText(t("onCall.browserRefused", { why: "" }).trim()).waitFor();
      // Chromium says on its console that a private window has no push.
      wrong.splice(0, wrong.length, ...wrong.filter((each) => !each.includes("incognito")));
      await until("the service worker", () => registrationId !== undefined && context.serviceWorkers().length > 0);
      const headers = await page.evaluate(async (worker) => {
        const answer = await fetch(worker);
        return { type: answer.headers.get("content-type"), keep: answer.headers.get("cache-control") };
      }, WORKER);
      expect(headers.type.startsWith("text/javascript") && headers.keep === "no-cache", () => JSON.stringify(headers));
      await look("contact-browser");
    });

    await does("a drill is shown, and answered from the notification", async () => {
      const added = await ask(page, "POST", "/api/v1/me/contact/browsers", vendor.browser.subscription);
      expect(added.status === 200, () => JSON.stringify(added));
      const note = await deliver("the drill", (each) => each.tag === "drill");
      const [first] = await until("the notification", async () => (await shown()).length && (await shown()));
      expect(first.tag === "drill" && first.title === note.title && first.actions?.includes("answer") !== false, () => JSON.stringify(first));
      await press("answer");
      await until("the way to be proven", async () => (await ask(page, "GET", "/api/v1/me/contact")).body.methods.some((way) => way.channel === "browser" && way.proven_at));
      await until("the thanks in its place", async () => (await shown())[0]?.body === note.answer.done);
    });

    const incident = await does("a page is shown in the person's language and says that it arrived", async () => {
      await stage.shop.kill();
      const note = await deliver("the page", (each) => each.tag.startsWith("incident."));
      const all = await until("the notification", async () => (await shown()).some((each) => each.tag === note.tag) && (await shown()));
      const { title, body, lang } = all.find((each) => each.tag === note.tag);
      expect(title.includes("P1 INC-1001") && body === note.body && /^(zh|en)/.test(lang), () => JSON.stringify(all));
      const id = note.open.path.split("/").at(-1);
      const pages = async () => (await ask(page, "GET", `/api/v1/incidents/${id}/pages`)).body.filter((each) => each.channel === "browser");
      await until("the receipt", async () => (await pages()).some((each) => each.delivered_at));
      await press("open");
      await page.waitForURL(new RegExp(`/incidents/${id}$`));
      await until("it to be read", async () => (await pages()).some((each) => each.read_at));
      return id;
    });

    await does("acknowledged from the notification; the end takes its place", async () => {
      // Opening closed it; shown again, as a push service that repeats itself would.
      vendor.taken.find((each) => each.note?.tag === `incident.${incident}`).handed = false;
      await deliver("the page again", (each) => each.tag === `incident.${incident}`);
      await until("the notification", async () => (await shown()).some((each) => each.tag === `incident.${incident}`));
      await press("answer");
      await until("somebody has it", async () => (await ask(page, "GET", `/api/v1/incidents/${incident}`)).body.state === "in_progress");
      await stage.startShop();
      const end = await deliver("the end", (each) => each.tag === `incident.${incident}` && !each.alert);
      await until("the end in its place", async () => (await shown()).some((each) => each.title === end.title));
      const same = (await shown()).filter((each) => each.tag === end.tag);
      expect(same.length === 1 && same[0].silent === true, () => JSON.stringify(same));
    });

    await does("a note that ends an incident is taken out of a bundle", async () => {
      const bundle = [8001, 8002].map((number) => ({ number, line: `line of ${number}` }));
      const base = { version: 1, title: "T", body: "B", lang: language, open: { label: "O", path: "/incidents" } };
      const push = (note) => devtools.send("ServiceWorker.deliverPushMessage", { origin: stage.url, registrationId, data: JSON.stringify({ ...base, ...note }) });
      const lines = async () => (await shown()).find((each) => each.tag === "bundle.x")?.body ?? "gone";
      await push({ tag: "bundle.x", alert: true, bundle });
      await until("the bundle", async () => (await lines()) === "B\nline of 8001\nline of 8002");
      await push({ tag: "incident.first", alert: false, number: 8001 });
      await until("one less", async () => (await lines()) === "B\nline of 8002");
      await push({ tag: "incident.second", alert: false, number: 8002 });
      await until("none left", async () => (await lines()) === "gone");
    });

    await does("a browser that is gone is said so on its person's page", async () => {
      vendor.next = { status: 410 };
      const { body } = await ask(page, "GET", "/api/v1/me/contact");
      await ask(page, "POST", `/api/v1/me/contact/${body.methods.find((way) => way.channel === "browser").id}/prove`);
      await until("the way to be gone", async () => (await ask(page, "GET", "/api/v1/me/contact")).body.methods.some((way) => way.gone_at));
      await page.goto(`${stage.url}/on-call/contact`);
      const way = page.getByRole("group", { name: t("onCall.channelOf.browser"), exact: true });
      await way.getByText(t("onCall.goneOn", { day: "|" }).split("|").at(-1)).waitFor();
      await look("contact-browser-gone");
    });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  } finally {
    for (const [name, found] of [["nothing went wrong in the browser's console", wrong], ["every control has a name, and contrast enough", seen]])
      await step(`${language} push: ${name}`, () => expect(found.length === 0, () => [...new Set(found)].join("\n"))).catch((error) => {
        if (!(error instanceof Stop)) throw error;
      });
    vendor.close();
    await context.close();
    await stage.close();
  }
}

const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
try {
  // Both at once: most of a story is waiting.
  const told = await Promise.allSettled(["zh", "en"].map((language) => tell(browser, language)));
  for (const { reason } of told) if (reason) throw reason;
} finally {
  await browser.close();
}
process.exit(tally() ? 0 : 1);

// An agent works through the desk: after a page is opened, keys alone are pressed.
import { expect } from "./checks.mjs";
import { until } from "./stage.mjs";

const WORDS = {
  zh: {
    incident: (n) => `收银台第 ${n} 台打不出小票`,
    question: (n) => `第 ${n} 个月的账单在哪里看？`,
    fixed: "换了打印纸，好了。",
    view: "收银台",
    draft: "正在查打印机的型号",
    note: "看一下打印队列 @mo",
    todo: "给门店回电话",
    parts: "等待备件",
  },
  en: {
    incident: (n) => `Till ${n} prints no receipt`,
    question: (n) => `Where do I find the bill of month ${n}?`,
    fixed: "New paper is in; it prints.",
    view: "Tills",
    draft: "Looking up the model of the printer",
    note: "Look at the print queue @mo",
    todo: "Call the branch back",
    parts: "Waiting for parts",
  },
};

export async function desk({ page, colleague, t, language, does, look }) {
  const words = WORDS[language];
  const press = (key) => page.keyboard.press(key);
  const ask = (method, path, body) =>
    page.evaluate(
      async ([method, path, body]) => {
        const headers = { "content-type": "application/json", "X-Evenkeel-Request": "1" };
        const answer = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
        return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
      },
      [method, path, body],
    );
  const get = async (path) => (await ask("GET", path)).body;
  const at = () => new URL(page.url()).pathname;
  const open = (path) => page.goto(new URL(path, page.url()).href);
  const dialog = page.getByRole("dialog");
  // Nothing lies over the page any more, also not while it leaves: its keys are for the page again.
  const free = () =>
    page.waitForFunction(() => [...document.querySelectorAll(".ant-modal-wrap")].every((each) => each.style.display === "none"));
  const mine = new Map();

  await does("ten tickets wait on the desk", async () => {
    const services = (await get("/api/v1/services")).items;
    const shop = services.find((service) => service.name === "practice-shop") ?? services[0];
    for (let n = 1; n <= 6; n += 1) {
      const body = { service_id: shop.id, title: words.incident(n), impact: 2, urgency: 2 };
      const made = await ask("POST", "/api/v1/incidents", body);
      expect(made.status < 300, `an incident is opened: ${made.status}`);
      mine.set(made.body.id, "incident");
    }
    const items = await get("/api/v1/catalogue");
    const question = (items.items ?? items).find((item) => item.name === "question" || /Ask us|咨询/.test(JSON.stringify(item.display)));
    for (let n = 1; n <= 4; n += 1) {
      const body = { item_id: question.id, answers: { question: words.question(n) }, submit: true };
      const made = await ask("POST", "/api/v1/requests", body);
      expect(made.status < 300, `a request is sent: ${made.status} ${JSON.stringify(made.body)}`);
      mine.set(made.body.id, "request");
    }
    await until("all ten to be on the desk", async () => {
      const { items: rows } = await get("/api/v1/desk?whose=team&limit=200");
      return [...mine.keys()].every((id) => rows.some((row) => row.id === id));
    });
  });

  await does("a view is saved by key and counts what it shows", async () => {
    await open("/desk?whose=team&kind=incident&priority=3");
    await page.locator("[data-row]").first().waitFor();
    await press("s");
    await dialog.getByLabel(t("desk.view.name"), { exact: true }).waitFor();
    await page.keyboard.type(words.view);
    await press("Enter");
    await free();
    // A view of incidents is a tab of their list.
    await open("/incidents");
    const tab = page.getByRole("link", { name: new RegExp(`^${words.view} `) });
    await tab.waitFor();
    expect(Number((await tab.innerText()).match(/\d+/)?.[0]) >= 6, "it counts what it shows");
  });

  await does("an agent clears ten tickets by keyboard alone", async () => {
    await open("/desk?whose=team");
    await page.locator("[data-row]").first().waitFor();
    await look("desk", { phone: true });
    await press("?");
    await dialog.getByText(t("desk.keys.saveView"), { exact: true }).waitFor();
    await look("desk-keys");
    await press("Escape");
    await free();
    await press("j");
    await press("Enter");
    await page.waitForURL((url) => url.pathname !== "/desk");
    // The address changes a moment before the page does.
    await page.waitForFunction(() => !document.querySelector("[data-row]"));
    const numbered = () => page.evaluate(() => document.querySelector("main")?.textContent.match(/(INC|REQ|PRB|CHG|CMP)-\d+/)?.[0]);
    let cleared = 0;
    let shown;
    for (let steps = 0; cleared < 10; steps += 1) {
      expect(steps < 120, `ten are cleared in time, not ${cleared}`);
      const before = at();
      const [, noun, id] = before.split("/");
      shown = await until("the next ticket to be shown", async () => {
        const now = await numbered();
        return now !== shown && now;
      });
      const last = cleared === 9;
      if (mine.get(id) === "incident") {
        await page.getByText(t("desk.checklist.title"), { exact: true }).waitFor();
        await press("e");
        await dialog.getByRole("textbox").waitFor();
        await page.keyboard.type(words.fixed);
        if (cleared === 0) await look("desk-resolve");
        await press("Control+Enter");
        cleared += 1;
      } else if (mine.get(id) === "request") {
        await page.getByText(t("desk.time.title"), { exact: true }).waitFor();
        await press("e");
        cleared += 1;
      } else {
        await press("]");
      }
      if (!last) await page.waitForURL((url) => url.pathname !== before, { timeout: 20_000 });
      await free();
      expect(noun !== "desk", "the queue has all ten");
    }
    await until("all ten to be off the desk", async () => {
      const { items: rows } = await get("/api/v1/desk?whose=team&limit=200");
      return [...mine.keys()].every((id) => !rows.some((row) => row.id === id));
    });
    for (const [id, kind] of mine) {
      const { state } = await get(`/api/v1/${kind}s/${id}`);
      expect(["resolved", "fulfilled", "accepted"].includes(state), `${kind} ${id} is ${state}`);
    }
  });

  await does("a call is logged by one key and the keyboard alone", async () => {
    await open("/desk?whose=team");
    await page.getByRole("button", { name: t("desk.call"), exact: true }).waitFor();
    await press("d");
    await dialog.getByLabel(t("call.who")).waitFor();
    await page.keyboard.type("lin");
    await dialog.getByRole("list", { name: t("call.known") }).waitFor();
    await press("Enter");
    await dialog.getByText(t("call.open"), { exact: true }).waitFor();
    await dialog.getByRole("combobox", { name: t("incident.field.service") }).press("Enter");
    await press("Enter");
    await dialog.getByLabel(t("incident.field.title")).fill(words.incident(99));
    await dialog.getByLabel(t("call.said")).fill(words.fixed);
    await look("desk-call", { phone: true });
    await press("Control+Enter");
    await page.waitForURL((url) => url.pathname.startsWith("/incidents/"));
    const made = await get(`/api/v1${at()}`);
    expect(made.channel === "phone" && made.responded_at === made.opened_at, `the call is the response: ${JSON.stringify(made)}`);
    const time = await get(`/api/v1/tickets/incident/${made.id}/time`);
    expect(time.minutes === 1, `a begun minute counts: ${time.minutes}`);
  });

  await does("what was done is undone by key", async () => {
    const ids = [...mine].filter(([, kind]) => kind === "incident").map(([id]) => id);
    const before = await get(`/api/v1/incidents/${ids[5]}`);
    await open(`/incidents/${ids[5]}`);
    await page.getByText(t("desk.checklist.title"), { exact: true }).waitFor();
    await press("u");
    await until("one of them to be open again", async () => {
      const states = await Promise.all(ids.map(async (id) => (await get(`/api/v1/incidents/${id}`)).state));
      return states.filter((state) => state === "reopened" || state === "in_progress").length === 1;
    });
    expect(before.state === "resolved", "it was resolved before");
  });

  await does("many are chosen and given away by key, tried first, and taken back", async () => {
    const services = (await get("/api/v1/services")).items;
    for (let n = 11; n <= 13; n += 1)
      await ask("POST", "/api/v1/incidents", { service_id: services[0].id, title: words.incident(n), impact: 3, urgency: 3 });
    await open("/desk?whose=all&kind=incident&priority=5");
    await page.locator("[data-row]").nth(2).waitFor();
    await press("j");
    await press("x");
    await press("j");
    await press("j");
    await press("Shift+X");
    await page.getByRole("toolbar").waitFor();
    await press("p");
    await dialog.getByText(t("desk.foretold_other", { count: 3 }), { exact: false }).waitFor();
    await look("desk-bulk", { phone: true });
    await press("Escape");
    await free();
  });

  const id = (await get("/api/v1/incidents?state=open&priority=5")).items[0].id;
  await does("a draft outlives a reload, and a colleague on the same ticket is seen", async () => {
    await open(`/incidents/${id}`);
    await page.getByText(t("desk.checklist.title"), { exact: true }).waitFor();
    await press("n");
    await page.keyboard.type(words.draft);
    await page.reload();
    const box = page.getByRole("textbox", { name: t("incident.act.note"), exact: true });
    await until("the draft to be back", async () => (await box.inputValue()) === words.draft);
    await colleague("morgan", async (theirs) => {
      await theirs.goto(new URL(`/incidents/${id}`, page.url()).href);
      await theirs.getByText(/林舟/).filter({ hasText: /正在写|is writing/ }).waitFor();
    });
    await press("n");
    await press("Control+a");
    await page.keyboard.type(words.note);
    await page.getByRole("option", { name: "Morgan Reed", exact: true }).waitFor();
    await press("Enter");
    await press("Control+Enter");
    await page.getByText("@Morgan Reed").first().waitFor();
    await until("Morgan to watch", async () => (await get(`/api/v1/tickets/incident/${id}/watchers`)).length === 1);
  });

  await does("a timer, a checklist and a watch by key", async () => {
    await page.reload();
    await page.getByText(t("desk.checklist.title"), { exact: true }).waitFor();
    await press("c");
    await page.keyboard.type(words.todo);
    await press("Enter");
    await page.getByText(words.todo, { exact: true }).first().waitFor();
    await press("Escape");
    await press("b");
    await page.getByRole("button", { name: t("desk.unwatch"), exact: true }).waitFor();
    await press("t");
    await page.getByText(t("desk.time.running", { minutes: 1 }), { exact: false }).waitFor();
    await page.reload();
    await page.getByText(t("desk.time.running", { minutes: 1 }), { exact: false }).waitFor();
    await press("t");
    await page.getByRole("spinbutton", { name: t("desk.time.length"), exact: true }).waitFor();
    await press("Enter");
    await page.getByText(t("desk.time.sum", { minutes: 1 }), { exact: true }).waitFor();
    await look("desk-ticket", { phone: true });
  });

  await does("a status of the house's own is chosen, and the ticket waits by it", async () => {
    const { version, state } = await get(`/api/v1/incidents/${id}`);
    if (state !== "in_progress") await ask("POST", `/api/v1/incidents/${id}/start`, {});
    expect(version > 0, "the incident is there");
    await page.reload();
    await page.getByRole("button", { name: t("automation.status.set"), exact: true }).click();
    await page.getByRole("menuitem", { name: words.parts }).click();
    await until("it to wait for parts", async () => {
      const now = await get(`/api/v1/incidents/${id}`);
      return now.state === "on_hold" && now.hold === "vendor" && now.status?.name === "waiting-parts";
    });
    await page.locator(".incident-meta").getByText(words.parts, { exact: true }).waitFor();
    await look("incident-status", { phone: true });
    await open("/desk?whose=all&status=waiting-parts");
    await page.locator(`[data-row="${id}"]`).getByText(words.parts, { exact: true }).waitFor();
    await look("desk-status");
  });

  await does("what the desk shows is taken along as a file, and what waits for an answer has a tab", async () => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: t("desk.sheet.take"), exact: true }).click(),
    ]);
    const { readFile } = await import("node:fs/promises");
    const text = await readFile(await file.path(), "utf8");
    expect(text.startsWith("\ufeff"), "spreadsheets read it as UTF-8");
    expect(text.includes(`"${t("desk.sheet.status")}"`) && text.includes(`"${words.parts}"`), "heads and words are the reader's");
    await page.getByRole("link", { name: new RegExp(`^${t("desk.waiting.title")}`) }).click();
    await page.waitForURL(/show=waiting/);
    await page.locator("section, .empty").first().waitFor();
    await look("desk-waiting", { phone: true });
  });
}

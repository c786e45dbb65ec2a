// Something known is written down, published, found by its words, and used on a ticket.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: { title: "证书过期怎么办", body: "## 步骤\n\n1. 更新证书\n2. 重启网关\n\n<script>document.title = 'no'</script>", find: "更新证书", incident: "网关证书过期" },
  en: {
    title: "When the certificate expires",
    body: "## Steps\n\n1. Renew the certificate\n2. Restart the gateway\n\n<script>document.title = 'no'</script>",
    find: "renewing certificates",
    incident: "The certificate of the gateway expired",
  },
};

export async function knowledge({ page, t, language, does, look }) {
  const words = WORDS[language];
  const at = (path) => page.goto(new URL(path, page.url()).href);
  const press = (key) => page.getByRole("button", { name: t(key), exact: true }).click();
  let article = "";

  await does("an article is written beside what readers will see, kept while it is typed, and published", async () => {
    await at("/knowledge/new");
    await page.getByLabel(t("knowledge.title"), { exact: true }).fill(words.title);
    await page.getByLabel(t("knowledge.body"), { exact: true }).fill(words.body);
    const preview = page.getByRole("region", { name: t("knowledge.preview"), exact: true });
    await preview.getByRole("listitem").nth(1).waitFor();
    expect((await preview.locator("script").count()) === 0, "a script is text");
    await look("article-edit", { phone: true });
    await page.reload();
    await page.getByText(t("knowledge.restored"), { exact: true }).waitFor();
    await press("knowledge.save");
    await page.waitForURL(/\/knowledge\/[^/?]{36}$/);
    article = page.url();
    await press("knowledge.step.submit");
    await press("knowledge.step.publish");
    await page.getByText(t("knowledge.state.published"), { exact: true }).waitFor();
    await look("article", { phone: true });
  });

  await does("it is found by its words, and from anywhere by Ctrl-K", async () => {
    await at("/search");
    await page.getByLabel(t("search.placeholder"), { exact: true }).fill(words.find);
    await page.locator(".found-list mark").first().waitFor();
    await look("search", { phone: true });
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: t("shell.palette.title") }).fill(words.title);
    await page.getByRole("option", { name: new RegExp(`^${words.title}`) }).waitFor();
    await look("palette-found");
    await page.keyboard.press("Escape");
  });

  await does("beside an incident it is there, goes into the reply, and counts as used", async () => {
    const id = await page.evaluate(async (title) => {
      const [service] = (await (await fetch("/api/v1/services")).json()).items;
      const body = JSON.stringify({ service_id: service.id, title, impact: 3, urgency: 3 });
      const headers = { "content-type": "application/json", "X-Evenkeel-Request": "1" };
      return (await (await fetch("/api/v1/incidents", { method: "POST", headers, body })).json()).id;
    }, words.incident);
    await at(`/incidents/${id}`);
    await page.getByRole("button", { name: t("knowledge.insert"), exact: true }).first().click();
    const reply = page.getByLabel(t("incident.act.note"), { exact: true });
    await page.getByText(t("knowledge.linked"), { exact: true }).waitFor();
    expect((await reply.inputValue()).includes(words.title), "the reply names the article");
    await reply.fill("");
    await look("incident-related", { phone: true });
    await page.goto(article);
    await page.getByText(t("knowledge.about"), { exact: true }).waitFor();
    await at("/knowledge");
    await page.getByText(words.title, { exact: true }).waitFor();
    await look("articles", { phone: true });
  });
}

// A major incident: declared by key, roles and a war room, a word that is owed, and an end by those who handle it.
import { review } from "./review.mjs";

const WORDS = {
  zh: { title: "所有门店都收不了款", why: "四十个电话打进来", update: "支付通道中断，正在切换。" },
  en: {
    title: "No shop can take money",
    why: "Forty calls came in",
    update: "The payment provider is down; we are switching over.",
  },
};

export async function major({ page, t, language, does, look }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const band = page.getByRole("region", { name: t("incident.major.title"), exact: true });
  const press = (key) => band.getByRole("button", { name: t(key), exact: true }).click();
  const say = async (step) => {
    await press(`incident.major.step.${step}`);
    await dialog.getByRole("textbox").press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
  };
  const stands = (state) => band.getByText(t(`incident.major.state.${state}`), { exact: true }).waitFor();

  await does("a major incident is declared by key, with a room and a cadence", async () => {
    const id = await page.evaluate(async (title) => {
      const [service] = (await (await fetch("/api/v1/services")).json()).items;
      const body = JSON.stringify({ service_id: service.id, title, impact: 1, urgency: 1 });
      const headers = { "content-type": "application/json", "X-Evenkeel-Request": "1" };
      return (await (await fetch("/api/v1/incidents", { method: "POST", headers, body })).json()).id;
    }, words.title);
    await page.goto(new URL(`/incidents/${id}`, page.url()).href);
    await page.getByRole("heading", { level: 1, name: words.title }).waitFor();
    await page.keyboard.press("m");
    await dialog.getByLabel(t("incident.major.why"), { exact: true }).fill(words.why);
    await dialog.getByLabel(t("incident.major.room"), { exact: true }).fill("https://meet.example/war");
    await look("major-declare", { phone: true });
    await dialog.getByRole("button", { name: t("incident.major.step.declare"), exact: true }).click();
    await stands("declared");
    await band.getByText(t("incident.major.incomplete"), { exact: true }).waitFor();
  });

  await does("roles are given, people come, and a word is said", async () => {
    const scribe = t("incident.major.roleOf.scribe");
    await band.getByRole("button", { name: `${t("incident.major.give")}: ${scribe}`, exact: true }).click();
    await page.getByRole("combobox", { name: t("incident.major.whoHas"), exact: true }).fill("Morgan");
    await page.keyboard.press("Enter");
    const morgan = band.getByRole("listitem").filter({ hasText: scribe });
    await morgan.getByText(t("incident.major.notYet"), { exact: true }).waitFor();
    await press("incident.major.join");
    await band.getByRole("button", { name: t("incident.major.leave"), exact: true }).waitFor();
    await press("incident.major.update");
    await dialog.getByLabel(t("incident.major.updateHint"), { exact: true }).fill(words.update);
    await page.keyboard.press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByText(words.update, { exact: true }).waitFor();
    await look("major", { phone: true });
  });

  await does("it is contained, restored and verified; what is learned is written into its review", async () => {
    await say("mitigate");
    await stands("mitigated");
    await say("restore");
    await stands("restored");
    await say("verify");
    await stands("verified");
    await page.getByRole("link", { name: "REV-1001", exact: true }).click();
    await review({ page, t, language, look, title: words.title });
    await page.getByRole("link", { name: /INC-/ }).first().click();
    await stands("reviewed");
    await say("close");
    await stands("closed");
    await look("major-closed");
  });
}

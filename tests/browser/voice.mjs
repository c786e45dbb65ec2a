// A grievance that becomes a complaint: two keys on a ticket, then a leader, a reply and a phrase that is better said otherwise.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: { said: "客户说没人回电话", phrase: "这不归我们管", reply: "查明了：排班漏了一天。今天起每通来电一小时内回复。" },
  en: {
    said: "The customer says that nobody calls back",
    phrase: "This is not our responsibility",
    reply: "One day was missing in the rota. From today every call is returned within the hour.",
  },
};

export async function voice({ page, t, language, does, place, title, button, look }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const said = page.getByLabel(t("complaint.say"), { exact: true });

  await does("a grievance in two keys, from a ticket", async () => {
    await page.getByRole("link", { name: /PRB-1001/ }).or(page.getByRole("row").filter({ hasText: "PRB-1001" })).first().click();
    await page.waitForURL(/\/problems\/[^/?]+$/);
    await page.getByText(t("complaint.noneHeard"), { exact: true }).waitFor();
    await page.keyboard.press("g");
    await dialog.getByLabel(t("complaint.what"), { exact: true }).fill(words.said);
    await look("grievance-hear", { phone: true });
    await page.keyboard.press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("link").filter({ hasText: words.said }).click();
    await page.waitForURL(/\/grievances\/[^/?]+$/);
    await title("GRV-1001");
    await look("grievance", { phone: true });
  });

  await does("it becomes a complaint, with a leader, a reply and a clock", async () => {
    await button("complaint.act.escalate").click();
    await page.getByRole("link", { name: t("complaint.became"), exact: true }).click();
    await page.waitForURL(/\/complaints\/[^/?]+$/);
    await title("CPL-1001");
    await page.getByText(t("complaint.reason.by_agent"), { exact: true }).waitFor();
    await button("complaint.act.acknowledge").click();
    await button("complaint.act.investigate").click();
    const reply = page.getByLabel(t("complaint.reply"), { exact: true });
    await reply.fill(words.phrase);
    const hints = page.getByRole("status", { name: t("complaint.hints"), exact: true });
    await hints.waitFor();
    await look("complaint-hint", { phone: true });
    await reply.fill(words.reply);
    await hints.waitFor({ state: "detached" });
    await button("complaint.keepReply").click();
    await page.getByText(t("complaint.anotherApproves"), { exact: true }).waitFor();
    expect((await button("complaint.approve").count()) === 0, "its author cannot approve it");
    await button("complaint.explainClock").click();
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // The pointer rests on a button otherwise, whose colour is then on its way.
    await page.mouse.move(0, 0);
    await look("complaint", { phone: true });
    expect((await said.count()) === 0, "nothing is to be said now but the reply");
  });

  await does("both are signals on the board, and make an insight", async () => {
    await place("complaints");
    await page.getByRole("row").filter({ hasText: words.said }).waitFor();
    await look("complaints", { phone: true });
    await place("voice");
    await title(t("voice.title"));
    await page.getByText(words.said, { exact: true }).first().waitFor();
    await page.getByRole("checkbox").first().check();
    await page.getByLabel(t("voice.insight"), { exact: true }).fill(words.reply);
    await button("voice.make").click();
    await page.getByText(t(`voice.standsOn_${language === "zh" ? "other" : "one"}`, { count: 1 })).first().waitFor();
    await look("voice", { phone: true });
    await place("surveys");
    await title(t("survey.title"));
    await look("surveys", { phone: true });
  });
}

// The review of a major incident: the ledger's draft is corrected, a factor named with what shows it, a follow-up agreed on, and
// it is published.
import { expect } from "./checks.mjs";
import { until } from "./stage.mjs";

const WORDS = {
  zh: { summary: "支付通道中断，**切换**用了太久。", lucky: "正好是清晨", line: "银行来电", comment: "这时才知道", proof: "没有第二条通道", todo: "接第二条支付通道" },
  en: {
    summary: "The payment provider failed and **switching** took too long.",
    lucky: "It was early in the morning",
    line: "The bank called",
    comment: "Only then did we know",
    proof: "There is no second provider",
    todo: "Connect a second payment provider",
  },
};

/** On the page of a review that is drafted, until it is published. */
export async function review({ page, t, language, look, title }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const button = (key) => page.getByRole("button", { name: t(key), exact: true });
  const send = async (key) => {
    await dialog.getByRole("button", { name: t(key), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };
  const choose = async (key, typed) => {
    const box = dialog.getByRole("combobox", { name: t(key), exact: true });
    await box.click();
    if (typed) await box.fill(typed);
    await page.keyboard.press("Enter");
  };
  const stands = (state) => page.locator(".page-head").getByText(t(`review.state.${state}`), { exact: true }).waitFor();
  const lines = page.getByRole("list", { name: t("review.line.lines"), exact: true });

  await page.waitForURL(/\/reviews\/[^/?]+$/);
  await page.getByRole("heading", { level: 1, name: `REV-1001 ${title}` }).waitFor();
  await stands("drafted");
  await look("review-drafted", { phone: true });

  await button("review.story.write").click();
  await page.getByLabel(t("review.story.summary"), { exact: true }).fill(words.summary);
  await page.getByLabel(t("review.story.lucky"), { exact: true }).fill(words.lucky);
  await button("kit.save").click();
  await page.getByText(words.lucky, { exact: true }).waitFor();
  await page.locator(".article-body strong").first().waitFor();

  const before = await lines.getByRole("listitem").count();
  await lines.getByRole("button", { name: t("review.line.comment"), exact: true }).first().click();
  await page.getByRole("textbox", { name: t("review.line.comment"), exact: true }).fill(words.comment);
  await button("kit.save").click();
  await page.getByText(words.comment, { exact: true }).waitFor();
  await button("review.line.add").click();
  await page.getByLabel(t("review.line.text"), { exact: true }).fill(words.line);
  await page.locator("form").getByRole("button", { name: t("review.line.add"), exact: true }).click();
  await page.getByText(words.line, { exact: true }).waitFor();
  await lines.getByRole("button", { name: t("review.line.hide"), exact: true }).last().click();
  await page.getByRole("button", { name: t("review.line.all", { n: "" }).slice(0, 3) }).waitFor();
  await until("one to have come and one to have gone", async () => (await lines.getByRole("listitem").count()) === before);

  await button("review.factor.add").click();
  await choose("review.factor.bone");
  await choose("review.factor.cause");
  await dialog.getByLabel(t("review.factor.said.text"), { exact: true }).fill(words.proof);
  await look("review-factor", { phone: true });
  await send("kit.save");
  const row = page.getByRole("table", { name: t("review.factor.factors"), exact: true }).getByRole("row").filter({ hasText: words.proof });
  await row.getByText(t("review.factor.primary"), { exact: true }).waitFor();

  await button("followUp.add").click();
  await dialog.getByLabel(t("followUp.what"), { exact: true }).fill(words.todo);
  await choose("followUp.factor");
  await choose("followUp.verifiedBy");
  await dialog.getByLabel(t("followUp.until"), { exact: true }).fill("2036-04-01");
  await page.keyboard.press("Tab");
  await send("followUp.add");
  await page.getByText(words.todo, { exact: true }).waitFor();

  await button("review.step.submit").click();
  await send("review.step.submit");
  await stands("in_review");
  await look("review", { phone: true });
  await button("review.step.publish").click();
  await send("review.step.publish");
  await stands("published");
  expect((await button("review.factor.add").count()) === 0, "what is published is not edited");

  const review = page.url();
  const place = (key) =>
    page.getByRole("navigation", { name: t("shell.navigation") }).getByRole("link", { name: t(`shell.place.${key}`), exact: true }).click();
  await place("followUps");
  await page.getByRole("listitem").filter({ hasText: words.todo }).getByRole("link", { name: "REV-1001", exact: true }).waitFor();
  await look("follow-ups", { phone: true });
  await place("reviews");
  await page.getByText(new RegExp(`^${t("review.of.ended")}`)).first().click();
  await page.getByRole("row").filter({ hasText: "REV-1001" }).waitFor();
  await look("reviews", { phone: true });
  await page.goto(review);
  await stands("published");
}

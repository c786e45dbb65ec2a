// A cause is looked for until it is known, and what follows from it has an owner and somebody who verifies it.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: { title: "商店每到两点就中断", cause: "购物篮泄漏连接", workaround: "六点重启购物篮，订单不丢。", todo: "监控连接池，到八成就告警" },
  en: {
    title: "The shop falls every night at two",
    cause: "The basket leaks connections",
    workaround: "Restart the basket at six; orders are kept.",
    todo: "Watch the pool, alert at 80 %",
  },
};

export async function problem({ page, t, language, does, place, title, button, look, service }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const choose = async (name, typed) => {
    const box = dialog.getByRole("combobox", { name, exact: true });
    await box.click();
    await box.fill(typed);
    await page.keyboard.press("Enter");
  };
  const step = async (word, texts = {}) => {
    await button(`problem.step.${word}`).click();
    for (const [label, text] of Object.entries(texts)) await dialog.getByLabel(label, { exact: true }).fill(text);
    await dialog.getByRole("button", { name: t(`problem.step.${word}`), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };

  await does("a problem: from opened to a known error with its workaround", async () => {
    await place("problems");
    await title(t("problem.problems"));
    await page.getByText(t("problem.empty.title"), { exact: true }).waitFor();
    await look("problems-empty");
    await button("problem.open").click();
    await choose(t("problem.service"), service);
    await dialog.getByLabel(t("problem.what"), { exact: true }).fill(words.title);
    await look("problem-open", { phone: true });
    await dialog.getByRole("button", { name: t("problem.open"), exact: true }).click();
    await page.waitForURL(/\/problems\/[^/?]+$/);
    await title(`PRB-1001 ${words.title}`);
    await step("assess");
    await step("analyse");
    await step("know", { [t("problem.stepText.know")]: words.cause, [t("problem.workaround")]: words.workaround });
    await page.getByText(words.workaround, { exact: true }).waitFor();
    await page.getByText(words.cause, { exact: true }).waitFor();
  });

  await does("a follow-up: its owner says that it is done, and only its verifier whether it holds", async () => {
    await button("followUp.add").click();
    await dialog.getByLabel(t("followUp.what"), { exact: true }).fill(words.todo);
    // The one that is offered first: the owner of the problem is not among them.
    await dialog.getByRole("combobox", { name: t("followUp.verifiedBy"), exact: true }).click();
    await page.keyboard.press("Enter");
    await dialog.getByLabel(t("followUp.until"), { exact: true }).fill("2036-04-01");
    await page.keyboard.press("Tab");
    await dialog.getByRole("button", { name: t("followUp.add"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText(words.todo, { exact: true }).waitFor();
    await button("followUp.done").click();
    await page.getByText(t("followUp.state.done"), { exact: true }).waitFor();
    await look("problem", { phone: true });
    await place("problems");
    const row = page.getByRole("row").filter({ hasText: words.title });
    await row.getByText(t("problem.state.known_error"), { exact: true }).waitFor();
    expect((await row.innerText()).includes("PRB-1001"), "its number stands in the list");
    await look("problems", { phone: true });
  });
}

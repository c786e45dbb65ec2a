// A normal change that collides with another: seen at once, taken on and authorised by somebody else from the agenda.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: {
    first: "商店数据库扩容",
    second: "商店升级到 4.2",
    plan: "逐台滚动",
    back: "逐台退回旧版",
    test: "下一单",
    reason: "两件事不碰同一张表",
    why: "方案清楚",
  },
  en: {
    first: "More room for the shop's database",
    second: "The shop goes to 4.2",
    plan: "One node after the other",
    back: "The old version, node by node",
    test: "Buy something",
    reason: "The two do not touch the same tables",
    why: "Well prepared",
  },
};

export async function change({ page, colleague, t, language, does, place, title, button, look, service }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const submit = async (of, key) => {
    await of
      .getByRole("dialog")
      .getByRole("button", { name: t(key), exact: true })
      .click();
    await of.getByRole("dialog").waitFor({ state: "detached" });
  };
  const draft = async (what) => {
    await place("changes");
    await title(t("change.changes"));
    await button("change.draft").click();
    await dialog.getByLabel(t("change.what"), { exact: true }).fill(what);
    const services = dialog.getByRole("combobox", { name: t("change.services"), exact: true });
    await services.click();
    await services.fill(service);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await dialog.getByLabel(t("change.plan.implementation"), { exact: true }).fill(words.plan);
    await dialog.getByLabel(t("change.plan.back_out"), { exact: true }).fill(words.back);
    await dialog.getByLabel(t("change.plan.test"), { exact: true }).fill(words.test);
  };

  await does("a change is drafted in a minute, and its risk is shown with every reason", async () => {
    await place("changes");
    await page.getByText(t("change.empty.title"), { exact: true }).waitFor();
    await look("changes-empty");
    await draft(words.first);
    await look("change-draft", { phone: true });
    await submit(page, "change.draftAndAssess");
    await title(`CHG-1001 ${words.first}`);
    await page.getByText(t("change.noConflicts"), { exact: true }).waitFor();
    expect(
      (await page
        .getByRole("table", { name: t("change.reasons") })
        .getByRole("row")
        .count()) === 5,
      "five reasons",
    );
  });

  await does("a second at the same time collides with it", async () => {
    await draft(words.second);
    await submit(page, "change.draftAndAssess");
    await title(`CHG-1002 ${words.second}`);
    await page.getByText(t("change.openConflict"), { exact: true }).waitFor();
    await page.getByRole("link", { name: "CHG-1001", exact: true }).waitFor();
    await button("change.step.submit").click();
    await submit(page, "change.step.submit");
    await page.getByText(t("change.noVotes"), { exact: true }).waitFor();
    expect(await button("change.step.voteYes").isDisabled(), "nobody authorises what is their own");
    await look("change", { phone: true });
  });

  await does("from the agenda somebody else takes the conflict on and authorises it", async () => {
    await colleague("morgan", async (theirs) => {
      const press = (key) =>
        theirs
          .getByRole("button", { name: t(key), exact: true })
          .first()
          .click();
      await theirs.goto(`${new URL(page.url()).origin}/changes/agenda`);
      await theirs.getByRole("heading", { level: 1, name: t("change.agenda.title") }).waitFor();
      await press("change.step.acknowledge");
      await theirs.getByRole("dialog").getByLabel(t("change.stepText.acknowledge"), { exact: true }).fill(words.reason);
      await submit(theirs, "change.step.acknowledge");
      await theirs.getByText(words.reason).first().waitFor();
      await press("change.step.voteYes");
      await theirs.getByRole("dialog").getByLabel(t("change.stepText.voteYes"), { exact: true }).fill(words.why);
      await submit(theirs, "change.step.voteYes");
      // What is decided goes into the minutes.
      await theirs.getByText(t("change.agenda.empty"), { exact: true }).waitFor();
      await theirs.locator("pre").getByText(words.why).waitFor();
    });
    await page.getByText(t("change.state.scheduled"), { exact: true }).first().waitFor();
    await page.getByText(words.why, { exact: true }).first().waitFor();
  });

  await does("it stands in the calendar, and the statistics are there", async () => {
    await place("changes");
    await page.getByRole("link", { name: t("change.calendar.title"), exact: true }).click();
    await page
      .getByRole("link", { name: /CHG-1002/ })
      .first()
      .waitFor();
    await look("change-calendar", { phone: true });
    await place("changes");
    await page.getByRole("link", { name: t("change.statistics.title"), exact: true }).click();
    await page.getByRole("table", { name: "DORA" }).waitFor();
    await look("change-statistics", { phone: true });
    await place("changes");
    await page
      .getByRole("row")
      .filter({ hasText: words.second })
      .getByText(t("change.state.scheduled"), { exact: true })
      .waitFor();
    await look("changes", { phone: true });
  });
}

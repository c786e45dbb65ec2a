// A release with a change: refused without a way back, approved by a colleague, rolled out in two stages of which the second is
// halted, and taken back.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: {
    what: "商店支持付款",
    stage: "灰度",
    rest: "全量",
    gate: "没有新的事件",
    back: "换回旧镜像",
    notes: "现在可以付款了",
    why: "看过了，可以",
    halt: "有人付不了款",
    outcome: "旧版本在提供服务",
  },
  en: {
    what: "The shop takes payments",
    stage: "canary",
    rest: "everybody",
    gate: "no new incident",
    back: "The old image again",
    notes: "You can pay now",
    why: "Looked at, fine",
    halt: "Somebody cannot pay",
    outcome: "The old version serves",
  },
};

export async function release({ page, colleague, t, language, does, place, title, button, look, service }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  const field = (key) => dialog.getByLabel(t(key), { exact: true });
  const part = (group, name, n) => t("release.partOf", { field: t(`release.${group}.${name}`), n });
  const does_ = async (of, act, text, outcome) => {
    const name = t(`release.act.${act}`);
    if (text) await of.getByRole("dialog").locator("#release-text").fill(text);
    if (outcome) await of.getByRole("dialog").locator("#release-outcome").fill(outcome);
    await of.getByRole("dialog").locator("form").getByRole("button", { name, exact: true }).click();
    await of.getByRole("dialog").waitFor({ state: "detached" });
  };
  const act = async (key, text, outcome) => {
    await button(`release.act.${key}`).click();
    await does_(page, key, text, outcome);
  };
  const stage = async (key, n, text) => {
    const name = t("release.stage.doing", { act: t(`release.act.${key}`), stage: n });
    await page.getByRole("button", { name, exact: true }).click();
    await does_(page, key, text);
  };
  const stands = (state) =>
    page.locator(".page-head").getByText(t(`release.state.${state}`), { exact: true }).first().waitFor();
  const choose = async (key, typed) => {
    const box = dialog.getByRole("combobox", { name: t(key), exact: true });
    await box.click();
    await box.fill(typed);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
  };

  await does("a release is planned with a change, an artefact and two stages", async () => {
    await place("releases");
    await title(t("release.releases"));
    await page.getByText(t("release.empty.title"), { exact: true }).waitFor();
    await look("releases-empty");
    await button("release.plan").click();
    await field("release.what").fill(words.what);
    await field("release.version").fill("4.2.0");
    await choose("release.services", service);
    await choose("release.changes", "CHG-1002");
    await dialog.getByLabel(part("artefact", "name", 1), { exact: true }).fill("shop-web");
    await dialog.getByLabel(part("artefact", "digest", 1), { exact: true }).fill(`sha256:${"0a".repeat(32)}`);
    await dialog.getByLabel(part("artefact", "place", 1), { exact: true }).fill("registry.example/shop:4.2.0");
    await dialog.getByRole("button", { name: t("release.stageAdd"), exact: true }).click();
    for (const [n, name] of [[1, words.stage], [2, words.rest]]) {
      await dialog.getByLabel(part("stageField", "name", n), { exact: true }).fill(name);
      await dialog.getByLabel(part("stageField", "watch", n), { exact: true }).fill("0");
    }
    await dialog.getByLabel(part("stageField", "gate", 1), { exact: true }).fill(words.gate);
    await field(`release.notes${language === "zh" ? "Zh" : "En"}`).fill(words.notes);
    await look("release-plan", { phone: true });
    await dialog.getByRole("button", { name: t("release.plan"), exact: true }).click();
    await title(`REL-1001 4.2.0 ${words.what}`);
    await page.getByRole("link", { name: "CHG-1002", exact: true }).waitFor();
  });

  await does("nobody approves what they built, nor what has no way back", async () => {
    await act("build");
    await stands("built");
    expect((await button("release.act.approve").count()) === 0, "not by who built it");
    await colleague("morgan", async (theirs) => {
      await theirs.goto(page.url());
      await theirs.getByRole("button", { name: t("release.act.approve"), exact: true }).click();
      await theirs.getByRole("dialog").locator("#release-text").fill(words.why);
      await theirs.getByRole("dialog").getByRole("button", { name: t("release.act.approve"), exact: true }).click();
      await theirs.getByText(t("release.refused.roll_back"), { exact: true }).waitFor();
    });
    await act("rework", words.back);
    await stands("planned");
    await button("release.act.edit").click();
    await field("release.rollBack").fill(words.back);
    await dialog.getByRole("button", { name: t("kit.save"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await act("build");
    await colleague("morgan", async (theirs) => {
      await theirs.goto(page.url());
      await theirs.getByRole("button", { name: t("release.act.approve"), exact: true }).click();
      await does_(theirs, "approve", words.why);
      await theirs.locator(".page-head").getByText(t("release.state.approved"), { exact: true }).first().waitFor();
    });
    await stands("approved");
  });

  await does("it is rolled out stage by stage, halted, and taken back", async () => {
    await act("start");
    await stands("rolling_out");
    await stage("begin", 1);
    await page.getByText(t("release.stage.state.running"), { exact: true }).waitFor();
    await stage("end", 1, words.gate);
    await stage("begin", 2);
    await stage("halt", 2, words.halt);
    await page.getByText(t("release.stage.state.halted"), { exact: true }).waitFor();
    await look("release", { phone: true });
    await act("rollBack", words.halt, words.outcome);
    await stands("rolled_back");
    await page.getByText(words.outcome, { exact: true }).waitFor();
    await act("close");
    await stands("closed");
  });

  await does("its change leads to it, the statistics count it, and a calendar can be subscribed to", async () => {
    await page.getByRole("link", { name: "CHG-1002", exact: true }).click();
    await page.getByRole("link", { name: "REL-1001", exact: true }).waitFor();
    await place("changes");
    await page.getByRole("link", { name: t("change.statistics.title"), exact: true }).click();
    await page.getByRole("table", { name: t("release.statistics.title"), exact: true }).waitFor();
    await place("changes");
    await page.getByRole("link", { name: t("change.calendar.title"), exact: true }).click();
    await button("release.feed").click();
    await dialog.getByText(/\/api\/v1\/calendar-feeds\/[0-9a-f]{64}\.ics$/).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await place("releases");
    await page.getByText(new RegExp(`^${t("release.of.ended")}`)).first().click();
    await page.getByRole("row").filter({ hasText: words.what }).waitFor();
    await look("releases", { phone: true });
  });
}

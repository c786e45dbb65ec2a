// A rule made in the console, tried on the past, obeyed by a ticket that says why; a canned reply in two keys.
import { expect } from "./checks.mjs";

const WORDS = {
  zh: { title: "收银台打印机卡纸", shown: "打印机问题" },
  en: { title: "The till's printer jams", shown: "Printers" },
};

const yaml = (words) => `ticket_rules:
  - name: printers
    title: { zh: 打印机问题, en: Printers }
    when: [opened]
    if: { title_contains: [打印机, printer] }
    then:
      - prioritise: { impact: 3, urgency: 3 }
      - note: { text: { zh: "${words.shown}", en: "${words.shown}" } }
`;

export async function rules({ page, t, language, does, place, title, button, look, url, service }) {
  const words = WORDS[language];
  const dialog = page.getByRole("dialog");
  // The list is there, and what is typed goes to its search.
  const picked = async () => {
    await dialog.getByRole("listitem").first().waitFor();
    await page.waitForFunction(() => document.activeElement?.closest(".ant-modal-body"));
  };

  await does("a rule is made, and tried on the past before it acts", async () => {
    await page.goto(`${url}/settings/desk`);
    await page.getByRole("button", { name: t("automation.new.ticket_rule"), exact: true }).first().click();
    await dialog.getByLabel(t("automation.name"), { exact: true }).fill("printers");
    await look("rule-form", { phone: true });
    await dialog.getByText("YAML", { exact: true }).click();
    await dialog.getByRole("textbox", { name: "YAML", exact: true }).fill(yaml(words));
    await dialog.getByRole("button", { name: t("automation.try.button"), exact: true }).click();
    await dialog.getByRole("status").waitFor();
    await dialog.locator(".ant-btn-loading").waitFor({ state: "detached" });
    await look("rule-tried", { phone: true });
    await dialog.getByRole("button", { name: t("automation.save"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("printers", { exact: true }).waitFor();
    await look("desk-settings", { phone: true });
  });

  await does("a ticket obeys the rule and says which it was and why", async () => {
    await place("incidents");
    await title(t("incident.title"));
    await page.keyboard.press("c");
    await dialog.getByRole("combobox", { name: t("incident.field.service"), exact: true }).fill(service);
    await page.keyboard.press("Enter");
    await dialog.getByLabel(t("incident.field.title"), { exact: true }).fill(words.title);
    await dialog.getByRole("button", { name: t("incident.declare.submit"), exact: true }).click();
    await page.waitForURL(/\/incidents\/[^/?]+$/);
    await title(words.title);
    await page.getByText(t("automation.told.acted", { rule: "printers", version: 1 }), { exact: true }).waitFor();
    await page.getByText(words.shown, { exact: true }).first().waitFor();
    await look("incident-ruled", { phone: true });
  });

  await does("a canned reply in two keys, changed before it is sent", async () => {
    const box = page.getByLabel(t("incident.act.note"), { exact: true });
    await box.focus();
    await page.keyboard.press(";");
    await picked();
    await look("reply-pick", { phone: true });
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    const filled = await box.inputValue();
    expect(/INC-\d+/.test(filled) && !filled.includes("{{"), `it is filled for this ticket: ${filled}`);
    await box.press("End");
    await box.pressSequentially(" !");
    await page.keyboard.press("Control+Enter");
    await page.getByText(`${filled} !`, { exact: true }).waitFor();
  });

  await does("a macro shows what it would do before it does it", async () => {
    await leave(page);
    await page.keyboard.press(".");
    await picked();
    await page.keyboard.press("Enter");
    await dialog.getByText(t("automation.pick.would"), { exact: true }).waitFor();
    await look("macro-preview", { phone: true });
    await dialog.getByRole("button", { name: t("automation.pick.run"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText(t("automation.told.macro", { name: "ask-back" }), { exact: true }).waitFor();
  });

  await does("a status and a rule for requests are made as YAML", async () => {
    await page.goto(`${url}/settings/desk?kind=ticket_status`);
    await page.getByText("waiting-parts", { exact: true }).waitFor();
    await page.getByRole("button", { name: t("automation.new.ticket_status"), exact: true }).first().click();
    await dialog.getByLabel(t("automation.name"), { exact: true }).fill("with-carrier");
    await look("status-form", { phone: true });
    await dialog.getByText("YAML", { exact: true }).click();
    await dialog
      .getByRole("textbox", { name: "YAML", exact: true })
      .fill("ticket_statuses:\n  - name: with-carrier\n    title: { zh: 配送中, en: On its way }\n    under: fulfilling\n");
    await dialog.getByRole("button", { name: t("automation.save"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("with-carrier", { exact: true }).waitFor();
    await look("desk-statuses", { phone: true });
  });
}

/** Keys act while nothing is being written. */
async function leave(page) {
  await page.evaluate(() => document.activeElement?.blur());
}

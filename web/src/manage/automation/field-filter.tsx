// Narrows a list of incidents to those of which one of the house's own fields says something; shown where there are fields.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { nameIn, useText } from "@/i18n";
import { automationQueries } from "./api";
import { FieldInput } from "./field-input";

/** What is found by: words of people lie in no filter. */
const FOUND_BY = ["choice", "yes_no", "number", "date", "person"];

export function FieldFilter({
  value,
  set,
}: {
  /** The field's name, a colon, and what it says. */
  value: string;
  set: (value: string) => void;
}) {
  const { t, language } = useText();
  const all = useQuery(automationQueries.all("ticket_field"));
  const [name = "", said = ""] = value.split(/:(.*)/s);
  const fields = (all.data ?? []).flatMap(({ definition }) =>
    definition.kind === "ticket_field" &&
    FOUND_BY.includes(definition.answer.type) &&
    !(definition.answer.type === "choice" && definition.answer.several)
      ? [definition]
      : [],
  );
  const field = fields.find((each) => each.name === name);
  if (fields.length === 0) return null;
  const typed = (text: string) =>
    text === ""
      ? null
      : field?.answer.type === "yes_no"
        ? text === "true"
        : field?.answer.type === "number"
          ? Number(text)
          : text;
  return (
    <>
      <Select
        allowClear
        style={{ minWidth: 120 }}
        placeholder={t("automation.fieldFilter")}
        aria-label={t("automation.fieldFilter")}
        value={name || undefined}
        onChange={(next?: string) => set(next ? `${next}:` : "")}
        options={fields.map((each) => ({ value: each.name, label: nameIn(language, each.title) }))}
        popupMatchSelectWidth={200}
      />
      {field && (
        <span style={{ minWidth: 140 }}>
          {field.answer.type === "yes_no" ? (
            <Select
              style={{ width: "100%" }}
              aria-label={nameIn(language, field.title)}
              value={said || undefined}
              onChange={(next: string) => set(`${name}:${next}`)}
              options={["true", "false"].map((word) => ({
                value: word,
                label: t(word === "true" ? "automation.yes" : "automation.no"),
              }))}
            />
          ) : (
            <FieldInput
              field={{ answer: field.answer.type === "choice" ? { ...field.answer, several: false } : field.answer }}
              label={nameIn(language, field.title)}
              value={typed(said)}
              set={(next) => set(`${name}:${next ?? ""}`)}
            />
          )}
        </span>
      )}
    </>
  );
}

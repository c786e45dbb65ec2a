// A field of tickets.
import { Checkbox, Input, Select } from "antd";
import type { Words } from "@/api/types";
import { useText } from "@/i18n";
import type { Definition } from "./api";

type FieldBody = Extract<Definition, { kind: "ticket_field" }>;
const TYPES = ["text", "long_text", "number", "choice", "yes_no", "date", "person"] as const;

export function FieldForm({ body, set }: { body: FieldBody; set: (next: Definition) => void }) {
  const { t } = useText();
  const answer = body.answer as { type: string; options?: { key: string; label: Words }[] };
  const lines = (answer.options ?? []).map(({ key, label }) => `${key} | ${label.zh} | ${label.en}`).join("\n");
  const read = (text: string) =>
    text.split("\n").map((line) => {
      const [key = "", zh = "", en = ""] = line.split("|").map((part) => part.trim());
      return { key, label: { zh, en } };
    });
  return (
    <>
      <div className="row-wrap">
        <Select
          aria-label={t("automation.type")}
          style={{ minWidth: 160 }}
          value={answer.type}
          onChange={(type) =>
            set({ ...body, answer: (type === "choice" ? { type, options: [] } : { type }) as FieldBody["answer"] })
          }
          options={TYPES.map((type) => ({ value: type, label: t(`automation.typeOf.${type}`) }))}
        />
        <Select
          allowClear
          aria-label={t("automation.required")}
          placeholder={t("automation.notRequired")}
          style={{ minWidth: 180 }}
          value={body.required_at ?? undefined}
          onChange={(required_at) => set({ ...body, required_at })}
          options={(["resolve", "close"] as const).map((word) => ({
            value: word,
            label: t(`automation.requiredAt.${word}`),
          }))}
        />
        <Checkbox
          checked={body.for_customers ?? false}
          onChange={(event) => set({ ...body, for_customers: event.target.checked })}
        >
          {t("automation.forCustomers")}
        </Checkbox>
      </div>
      {answer.type === "choice" && (
        <div className="field">
          <label htmlFor="automation-options">{t("automation.options")}</label>
          <Input.TextArea
            id="automation-options"
            defaultValue={lines}
            autoSize={{ minRows: 3, maxRows: 12 }}
            placeholder={"hq | 总部 | Head office"}
            onChange={(event) =>
              set({ ...body, answer: { type: "choice", options: read(event.target.value) } as FieldBody["answer"] })
            }
          />
        </div>
      )}
    </>
  );
}

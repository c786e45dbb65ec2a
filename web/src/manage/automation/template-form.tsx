// A ticket template.
import { Select } from "antd";
import { useText } from "@/i18n";
import type { Definition } from "./api";
import { Both, EMPTY, useNamed } from "./named";

type TemplateBody = Extract<Definition, { kind: "ticket_template" }>;

export function TemplateForm({ body, set }: { body: TemplateBody; set: (next: Definition) => void }) {
  const { t } = useText();
  const named = useNamed();
  const level = (key: "impact" | "urgency") => (
    <Select
      aria-label={t(`automation.test.${key}`)}
      style={{ minWidth: 110 }}
      value={body[key]}
      onChange={(value) => set({ ...body, [key]: value })}
      options={[1, 2, 3].map((n) => ({ value: n, label: `${t(`automation.test.${key}`)} ${n}` }))}
    />
  );
  return (
    <>
      <div className="row-wrap">
        <Select
          aria-label={t("automation.test.service")}
          placeholder={t("automation.test.service")}
          style={{ minWidth: 200 }}
          value={body.service || undefined}
          onChange={(service) => set({ ...body, service })}
          options={named.service}
        />
        {level("impact")}
        {level("urgency")}
      </div>
      <Both label={t("automation.subject")} value={body.subject} set={(subject) => set({ ...body, subject })} />
      <Both
        label={t("automation.description")}
        value={body.text ?? EMPTY}
        set={(text) => set({ ...body, text: text.zh || text.en ? text : undefined })}
      />
    </>
  );
}

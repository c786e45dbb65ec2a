// What the house's own fields say of a ticket, and where they are filled in.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { partyQueries } from "../party/api";
import { automationQueries } from "./api";

type Field = components["schemas"]["FieldOfTicket"];
type Values = Record<string, unknown>;

export function FieldsPanel({ incident, works }: { incident: Incident; works: boolean }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const fields = useQuery(automationQueries.fields(incident.id));
  const [changed, setChanged] = useState<Values>({});
  const save = useMutation({
    mutationFn: () =>
      read(
        client.PUT("/api/v1/incidents/{id}/fields", {
          params: { path: { id: incident.id } },
          headers: { "If-Match": `"${incident.version}"` },
          body: { fields: changed as Record<string, never> },
        }),
      ),
    onSuccess: () => {
      setChanged({});
      for (const family of ["incident", "automation"]) void queries.invalidateQueries({ queryKey: [family] });
    },
  });
  if (!fields.data || fields.data.length === 0) return null;
  return (
    <Panel title={t("automation.fields")}>
      <div className="form">
        {fields.data.map((field) => (
          <div className="field" key={field.name}>
            <span className="label">
              {nameIn(language, field.title)}
              {field.required_at && works && (
                <span className="faint"> · {t(`automation.requiredAt.${field.required_at}`)}</span>
              )}
            </span>
            {works ? (
              <FieldInput
                field={field}
                label={nameIn(language, field.title)}
                value={field.name in changed ? changed[field.name] : field.value}
                set={(value) => setChanged({ ...changed, [field.name]: value ?? null })}
              />
            ) : (
              <Said field={field} />
            )}
          </div>
        ))}
        {save.isError && <FailureNote error={save.error} />}
        {Object.keys(changed).length > 0 && (
          <Button type="primary" size="small" loading={save.isPending} onClick={() => save.mutate()}>
            {t("automation.fieldsSave")}
          </Button>
        )}
      </div>
    </Panel>
  );
}

function Said({ field }: { field: Field }) {
  const { t, language } = useText();
  const value = field.value as unknown;
  if (value === null || value === undefined) return <span className="faint">—</span>;
  const { answer } = field;
  const label = (key: unknown) =>
    answer.type === "choice"
      ? nameIn(language, answer.options.find((each) => each.key === key)?.label) || String(key)
      : String(key);
  if (field.display) return <span>{field.display}</span>;
  if (Array.isArray(value)) return <span>{value.map(label).join(" · ")}</span>;
  if (typeof value === "boolean") return <span>{t(value ? "automation.yes" : "automation.no")}</span>;
  return <span>{label(value)}</span>;
}

function FieldInput({
  field,
  label,
  value,
  set,
}: {
  field: Field;
  label: string;
  value: unknown;
  set: (value: unknown) => void;
}) {
  const { language } = useText();
  const { answer } = field;
  const people = useQuery({ ...partyQueries.people(), enabled: answer.type === "person" });
  const hint = nameIn(language, field.hint);
  switch (answer.type) {
    case "long_text":
      return (
        <Input.TextArea
          aria-label={label}
          placeholder={hint}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={(value as string | null) ?? ""}
          onChange={(event) => set(event.target.value)}
        />
      );
    case "number":
      return (
        <InputNumber
          aria-label={label}
          placeholder={hint}
          value={value as number | null}
          onChange={set}
          style={{ width: "100%" }}
        />
      );
    case "choice":
      return (
        <Select
          allowClear
          mode={answer.several ? "multiple" : undefined}
          aria-label={label}
          placeholder={hint}
          value={(value ?? undefined) as string | string[] | undefined}
          onChange={set}
          style={{ width: "100%" }}
          options={answer.options.map((each) => ({ value: each.key, label: nameIn(language, each.label) }))}
        />
      );
    case "yes_no":
      return <Switch aria-label={label} checked={value === true} onChange={set} />;
    case "date":
      return (
        <DatePicker
          aria-label={label}
          style={{ width: "100%" }}
          value={typeof value === "string" ? dayjs(value) : null}
          onChange={(date) => set(date ? date.format("YYYY-MM-DD") : null)}
        />
      );
    case "person":
      return (
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={label}
          placeholder={hint}
          value={(value ?? undefined) as string | undefined}
          onChange={set}
          style={{ width: "100%" }}
          options={(people.data ?? []).map((each) => ({ value: each.id, label: each.display }))}
        />
      );
    default:
      return (
        <Input
          aria-label={label}
          placeholder={hint}
          value={(value as string | null) ?? ""}
          onChange={(event) => set(event.target.value)}
        />
      );
  }
}

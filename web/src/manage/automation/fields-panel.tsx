// What the house's own fields say of a ticket, and where they are filled in.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { automationQueries } from "./api";
import { FieldInput } from "./field-input";

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

// Lets one field, or the status, of many incidents say the same; can be undone like every act on many.
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import type { BulkDoing, BulkOutcome } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { deskActs, refusalOf, useDeskAct } from "@/manage/desk/api";
import { Foretold, Refusals } from "@/manage/desk/outcome";
import { useTold } from "@/manage/desk/undo";
import type { Target } from "@/manage/incident/act-dialog";
import { automationQueries } from "./api";
import { FieldInput } from "./field-input";
import { useStatuses } from "./named";

/** A field of words is filled in on each ticket. */
const WORDS = ["text", "long_text"];
const STATUS = "\u0000status";

export function BulkSet({ incidents, close }: { incidents: Target[]; close: () => void }) {
  const { t, language } = useText();
  const told = useTold();
  const bulk = useDeskAct(deskActs.bulk);
  const allFields = useQuery(automationQueries.all("ticket_field"));
  const [what, setWhat] = useState<string>();
  const [value, setValue] = useState<unknown>(null);
  const [status, setStatus] = useState<string>();
  const [refusals, setRefusals] = useState<BulkOutcome["results"]>([]);
  const fields = (allFields.data ?? []).flatMap(({ definition }) =>
    definition.kind === "ticket_field" && !WORDS.includes(definition.answer.type) ? [definition] : [],
  );
  const statuses = useStatuses("incident");
  const field = fields.find((each) => each.name === what);
  const doing: BulkDoing | null =
    what === STATUS
      ? status
        ? { kind: "status", status }
        : null
      : field
        ? ({ kind: "field", name: field.name, value: (value ?? null) as never } as BulkDoing)
        : null;
  const submit = async () => {
    if (!doing) return;
    const outcome = await bulk.mutateAsync([doing, incidents.map(({ id, version }) => ({ id, version }))]);
    told(outcome, t("automation.bulk.title"));
    const refused = outcome.results.filter((result) => result.code);
    if (refused.length === 0) close();
    else setRefusals(refused);
  };
  const [first] = refusals;
  return (
    <Dialog open onCancel={close} width={460} title={t("automation.bulk.title")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {bulk.isError && <FailureNote error={bulk.error} />}
        {first && (
          <>
            <FailureNote error={refusalOf(first)} />
            <Refusals of={refusals} />
          </>
        )}
        <Select
          aria-label={t("automation.bulk.what")}
          placeholder={t("automation.bulk.what")}
          value={what}
          onChange={(next) => {
            setWhat(next);
            setValue(fields.find((each) => each.name === next)?.answer.type === "yes_no" ? false : null);
          }}
          options={[
            ...(statuses.length > 0 ? [{ value: STATUS, label: t("automation.kind.ticket_status") }] : []),
            ...fields.map((each) => ({ value: each.name, label: nameIn(language, each.title) })),
          ]}
        />
        {what === STATUS && (
          <Select
            aria-label={t("automation.kind.ticket_status")}
            value={status}
            onChange={setStatus}
            options={statuses}
          />
        )}
        {field && <FieldInput field={field} label={nameIn(language, field.title)} value={value} set={setValue} />}
        <Foretold doing={doing} incidents={incidents} />
        <Button type="primary" htmlType="submit" disabled={!doing} loading={bulk.isPending}>
          {t("automation.bulk.do")}
        </Button>
      </form>
    </Dialog>
  );
}

// What a rule or a macro does.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { Plus, X } from "lucide-react";
import type { Words } from "@/api/types";
import { useText } from "@/i18n";
import { type Action, automationQueries, type Of, only } from "./api";
import { plainValue } from "./condition-form";
import { Both, EMPTY, HOLDS, type Names, useNamed, useStatuses } from "./named";

const ACTS = [
  "assign",
  "prioritise",
  "set_field",
  "set_status",
  "start",
  "hold",
  "resume",
  "resolve",
  "reply",
  "note",
  "mail_team",
];

const REASONS = ["recovered", "fixed", "workaround", "no_fault_found", "customer_confirmed"];

const BEGUN: Record<string, object> = {
  assign: {},
  prioritise: { impact: 2, urgency: 2 },
  set_field: { field: "", value: "" },
  set_status: { status: "" },
  start: {},
  hold: { reason: "customer" },
  resume: {},
  resolve: { reason: "fixed" },
  reply: { text: EMPTY },
  note: { text: EMPTY },
  mail_team: { team: "", text: EMPTY },
};

/** What a request can have done. */
const OF_REQUESTS = ["set_status", "hold", "resume", "reply", "note", "mail_team"];

export function Acts({ of, value, set }: { of: Of; value: Action[]; set: (value: Action[]) => void }) {
  const offered = of === "request" ? OF_REQUESTS : ACTS;
  const { t } = useText();
  const named = useNamed();
  const fields = useQuery(automationQueries.all("ticket_field"));
  const statuses = useStatuses(of);
  return (
    <div className="field">
      <span className="label">{t("automation.then")}</span>
      {value.map((act, place) => {
        const [kind, raw] = only(act);
        const body = raw as Record<string, unknown>;
        const put = (next: object) => set(value.map((each, at) => (at === place ? (next as Action) : each)));
        const change = (part: object) => put({ [kind]: { ...body, ...part } });
        const pick = (key: string, options: Names, label: string) => (
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            style={{ minWidth: 170 }}
            aria-label={label}
            placeholder={label}
            value={(body[key] as string) || undefined}
            onChange={(next) => change({ [key]: next })}
            options={options}
          />
        );
        const level = (key: "impact" | "urgency") =>
          pick(
            key,
            [1, 2, 3].map((n) => ({ value: n as unknown as string, label: `${n}` })),
            t(`automation.test.${key}`),
          );
        const text = "text" in body && (
          <Both label={t("automation.text")} long value={body.text as Words} set={(next) => change({ text: next })} />
        );
        return (
          <div className="automation-row" key={`${place}${kind}`}>
            <Select
              aria-label={t("automation.act.label")}
              value={kind}
              onChange={(next) => put({ [next]: BEGUN[next] })}
              options={[...offered, ...(offered.includes(kind) ? [] : [kind])].map((word) => ({
                value: word,
                label: t(`automation.act.${word}`),
              }))}
            />
            <div>
              <div className="row-wrap">
                {kind === "assign" && pick("team", named.team, t("automation.test.team"))}
                {kind === "assign" && pick("person", named.assignee, t("automation.test.assignee"))}
                {kind === "mail_team" && pick("team", named.team, t("automation.test.team"))}
                {kind === "prioritise" && level("impact")}
                {kind === "prioritise" && level("urgency")}
                {kind === "hold" &&
                  pick(
                    "reason",
                    HOLDS.map((word) => ({ value: word, label: t(`incident.hold.${word}`) })),
                    t("automation.reason"),
                  )}
                {kind === "resolve" &&
                  pick(
                    "reason",
                    REASONS.map((word) => ({ value: word, label: t(`incident.reason.${word}`) })),
                    t("automation.reason"),
                  )}
                {kind === "set_status" && pick("status", statuses, t("automation.test.status"))}
                {kind === "set_field" && (
                  <>
                    {pick(
                      "field",
                      (fields.data ?? []).map(({ name }) => ({ value: name, label: name })),
                      t("automation.test.field"),
                    )}
                    <Input
                      style={{ width: 160 }}
                      aria-label={t("automation.fieldIs")}
                      placeholder={t("automation.fieldIs")}
                      value={String(body.value ?? "")}
                      onChange={(event) => change({ value: plainValue(event.target.value) })}
                    />
                  </>
                )}
              </div>
              {text}
            </div>
            <Button
              type="text"
              icon={<X size={14} />}
              aria-label={t("automation.remove", { what: t(`automation.act.${kind}`) })}
              onClick={() => set(value.filter((_, at) => at !== place))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<Plus size={14} />}
        onClick={() => set([...value, { note: { text: EMPTY } } as Action])}
      >
        {t("automation.addAct")}
      </Button>
    </div>
  );
}

// A status of tickets: under which fixed state it lies, and how it looks.
import { Checkbox, InputNumber, Select } from "antd";
import { useText } from "@/i18n";
import { toneOf } from "@/kit/own-status";
import { Status } from "@/kit/status";
import { type Definition, only } from "./api";
import { HOLDS } from "./named";

type StatusBody = Extract<Definition, { kind: "ticket_status" }>;
const STATES = ["in_progress", "on_hold", "fulfilling", "waiting"] as const;
const TONES = ["plain", "active", "good", "attention", "bad"] as const;

export function StatusForm({ body, set }: { body: StatusBody; set: (next: StatusBody) => void }) {
  const { t } = useText();
  const [state, hold] = only(body.under);
  const under = (next: string, reason: string) =>
    (next === "on_hold" || next === "waiting" ? { [next]: reason } : next) as StatusBody["under"];
  return (
    <>
      <div className="row-wrap">
        <Select
          aria-label={t("automation.status.under")}
          style={{ minWidth: 200 }}
          value={state}
          onChange={(next) => set({ ...body, under: under(next, String(hold ?? "customer")) })}
          options={STATES.map((word) => ({
            value: word,
            label: `${t(`desk.kind.${word === "in_progress" || word === "on_hold" ? "incident" : "request"}`)} · ${t(
              `${word === "in_progress" || word === "on_hold" ? "incident" : "request"}.state.${word}`,
            )}`,
          }))}
        />
        {hold !== undefined && (
          <Select
            aria-label={t("automation.reason")}
            style={{ minWidth: 160 }}
            value={String(hold)}
            onChange={(reason) => set({ ...body, under: under(state, reason) })}
            options={HOLDS.map((word) => ({ value: word, label: t(`incident.hold.${word}`) }))}
          />
        )}
        <Select
          aria-label={t("automation.status.tone")}
          style={{ minWidth: 140 }}
          value={body.tone ?? "plain"}
          onChange={(tone) => set({ ...body, tone })}
          options={TONES.map((tone) => ({
            value: tone,
            label: <Status tone={toneOf(tone)} word={t(`automation.status.toneOf.${tone}`)} />,
          }))}
        />
        <div className="field">
          <label htmlFor="automation-order">{t("automation.status.order")}</label>
          <InputNumber
            id="automation-order"
            value={body.order ?? 100}
            onChange={(order) => set({ ...body, order: order ?? 100 })}
          />
        </div>
      </div>
      <div className="row-wrap">
        <Checkbox checked={body.default ?? false} onChange={(event) => set({ ...body, default: event.target.checked })}>
          {t("automation.status.default")}
        </Checkbox>
        <Checkbox
          checked={body.staff_only ?? false}
          onChange={(event) => set({ ...body, staff_only: event.target.checked })}
        >
          {t("automation.forStaff")}
        </Checkbox>
      </div>
    </>
  );
}

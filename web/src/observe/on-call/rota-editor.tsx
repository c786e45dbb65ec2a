// The rota as a form beside what it comes to: every change is drawn at once, as the server works it out; saving is one press.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Select } from "antd";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Hours, LayerDraft, OnCall, Ref, RotaDraft } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { partyQueries } from "@/manage/party/api";
import { matches } from "@/shell/pinyin";
import { onCallActs, onCallQueries } from "./api";
import { BoardRows } from "./board";
import { draftOf, newLayer, withEvery } from "./draft";
import { addDays, mondayOf } from "./week";

const DAYS = 14;
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const FULL = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const TURNS = ["day", "week", "2 weeks", "12 hours", "8 hours"] as const;

export function RotaEditor({ row, open, close }: { row: OnCall; open: boolean; close: () => void }) {
  const { t, language } = useText();
  return (
    <Drawer
      open={open}
      close={close}
      size={860}
      title={t("onCall.editTitle", { team: nameIn(language, row.team.display) })}
    >
      <Editor row={row} close={close} />
    </Drawer>
  );
}

function Editor({ row, close }: { row: OnCall; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [draft, setDraft] = useState<RotaDraft>(() => draftOf(row));
  const first = useMemo(() => mondayOf(new Date()), []);
  const board = useQuery({
    ...onCallQueries.draft(row.team.id, draft, first.toISOString(), addDays(first, DAYS).toISOString()),
    placeholderData: keepPreviousData,
  });
  const people = useQuery(partyQueries.people());
  const save = useMutation({
    mutationFn: () => onCallActs.put(row.team.id, draft),
    onSuccess: () => {
      message.success(t("onCall.saved"));
      void queries.invalidateQueries({ queryKey: ["on-call"] });
      close();
    },
  });
  const known: Ref[] = (people.data ?? []).filter((one) => one.active !== false);
  const everyone = [...row.rota.members, ...known.filter((one) => row.rota.members.every((had) => had.id !== one.id))];
  const wrong = board.error ? asProblem(board.error) : null;
  const change = (at: number, to: Partial<LayerDraft>) =>
    setDraft({ ...draft, layers: draft.layers.map((layer, place) => (place === at ? { ...layer, ...to } : layer)) });
  const move = (at: number, by: number) => {
    const layers = [...draft.layers];
    const [layer] = layers.splice(at, 1);
    if (layer) layers.splice(at + by, 0, layer);
    setDraft({ ...draft, layers });
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {board.data && (
        <BoardRows
          board={board.data}
          names={draft.layers.map((layer) => layer.name)}
          first={first}
          days={DAYS}
          members={everyone}
        />
      )}
      {wrong && <FailureNote error={wrong} />}
      {save.isError && <FailureNote error={save.error} />}
      {draft.layers.map((layer, at) => (
        <fieldset key={at} className={`layer-form${wrong?.at === `/layers/${at}` ? " wrong" : ""}`}>
          <legend>{layer.name || t("onCall.layerN", { n: at + 1 })}</legend>
          <LayerFields layer={layer} people={everyone} change={(to) => change(at, to)} />
          <div className="row layer-acts">
            <Button
              size="small"
              icon={<ArrowUp size={13} />}
              disabled={at === 0}
              aria-label={t("onCall.layerUp")}
              onClick={() => move(at, -1)}
            />
            <Button
              size="small"
              icon={<ArrowDown size={13} />}
              disabled={at === draft.layers.length - 1}
              aria-label={t("onCall.layerDown")}
              onClick={() => move(at, 1)}
            />
            <Button
              size="small"
              icon={<Trash2 size={13} />}
              disabled={draft.layers.length === 1}
              onClick={() => setDraft({ ...draft, layers: draft.layers.filter((_, place) => place !== at) })}
            >
              {t("onCall.layerRemove")}
            </Button>
          </div>
        </fieldset>
      ))}
      <Button
        icon={<Plus size={14} />}
        disabled={draft.layers.length >= 20}
        onClick={() => setDraft({ ...draft, layers: [...draft.layers, newLayer()] })}
      >
        {t("onCall.layerAdd")}
      </Button>
      <div className="layer-fields">
        <div className="field">
          <label htmlFor="rota-zone">{t("onCall.zone")}</label>
          <Input
            id="rota-zone"
            value={draft.zone}
            onChange={(event) => setDraft({ ...draft, zone: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor="rota-holidays">{t("onCall.holidays")}</label>
          <Select
            id="rota-holidays"
            mode="tags"
            style={{ width: "100%" }}
            placeholder="2026-10-01"
            value={draft.holidays}
            onChange={(holidays: string[]) => setDraft({ ...draft, holidays })}
          />
        </div>
        <div className="field">
          <label htmlFor="rota-ack">{t("onCall.ackLimit")}</label>
          <InputNumber
            id="rota-ack"
            min={30}
            max={86_400}
            value={draft.ack_limit_secs}
            onChange={(value) => setDraft({ ...draft, ack_limit_secs: value ?? 300 })}
          />
        </div>
        <div className="field">
          <label htmlFor="rota-rounds">{t("onCall.rounds")}</label>
          <InputNumber
            id="rota-rounds"
            min={1}
            max={10}
            value={draft.rounds}
            onChange={(value) => setDraft({ ...draft, rounds: value ?? 3 })}
          />
        </div>
      </div>
      <p className="faint">{t("onCall.editNote")}</p>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={wrong !== null}>
          {t("kit.save")}
        </Button>
      </div>
    </form>
  );
}

function LayerFields({
  layer,
  people,
  change,
}: {
  layer: LayerDraft;
  people: Ref[];
  change: (to: Partial<LayerDraft>) => void;
}) {
  const { t, language } = useText();
  const weekly = layer.every.includes("week");
  const [day = "monday", time = "09:00"] = weekly ? layer.handover.split(" ") : ["monday", layer.handover];
  const dayName = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" });
  const word = (at: number) => dayName.format(Date.UTC(2024, 0, 1 + at));
  const hours: Hours | undefined = layer.hours[0];
  const setHours = (to: Partial<Hours>) =>
    change({ hours: [{ days: [], from: "09:00", to: "18:00", ...hours, ...to }, ...layer.hours.slice(1)] });
  return (
    <div className="layer-fields">
      <Field label={t("onCall.layerName")}>
        {(label) => (
          <Input aria-label={label} value={layer.name} onChange={(event) => change({ name: event.target.value })} />
        )}
      </Field>
      <Field label={t("onCall.turn")}>
        {(label) => (
          <Select
            aria-label={label}
            style={{ width: "100%" }}
            value={layer.every}
            onChange={(every) => change(withEvery(layer, every))}
            options={[...new Set([...TURNS, layer.every])].map((value) => ({ value, label: turnText(t, value) }))}
          />
        )}
      </Field>
      <Field label={t("onCall.handoverAt")}>
        {(label) => (
          <div className="row">
            {weekly && (
              <Select
                aria-label={t("onCall.weekday")}
                style={{ width: 90 }}
                value={day}
                onChange={(value) => change({ handover: `${value} ${time}` })}
                options={FULL.map((value, at) => ({ value, label: word(at) }))}
              />
            )}
            <Input
              aria-label={label}
              type="time"
              value={time}
              onChange={(event) => change({ handover: weekly ? `${day} ${event.target.value}` : event.target.value })}
            />
          </div>
        )}
      </Field>
      <Field label={t("onCall.startsOn")}>
        {(label) => (
          <Input
            aria-label={label}
            type="date"
            value={layer.starts_on ?? ""}
            onChange={(event) => change({ starts_on: event.target.value || null })}
          />
        )}
      </Field>
      <Field label={t("onCall.members")} wide>
        {(label) => (
          <Select
            aria-label={label}
            mode="multiple"
            style={{ width: "100%" }}
            showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
            value={layer.members}
            onChange={(members: string[]) => change({ members })}
            options={people.map((one) => ({ value: one.id, label: nameIn(language, one.display) }))}
          />
        )}
      </Field>
      <Field label={t("onCall.when")}>
        {(label) => (
          <Select
            aria-label={label}
            style={{ width: "100%" }}
            value={hours ? "hours" : "always"}
            onChange={(value) => (value === "always" ? change({ hours: [] }) : setHours({}))}
            options={["always", "hours"].map((value) => ({ value, label: t(`onCall.${value}`) }))}
          />
        )}
      </Field>
      <Field label={t("onCall.onHolidays")}>
        {(label) => (
          <Select
            aria-label={label}
            style={{ width: "100%" }}
            value={layer.holidays}
            onChange={(holidays) => change({ holidays })}
            options={["count", "skip", "only"].map((value) => ({ value, label: t(`onCall.holiday.${value}`) }))}
          />
        )}
      </Field>
      {hours && (
        <Field label={t("onCall.hours")} wide>
          {(label) => (
            <div className="row-wrap">
              <Select
                aria-label={t("onCall.weekday")}
                mode="multiple"
                style={{ minWidth: 200, flex: 1 }}
                placeholder={t("onCall.everyDay")}
                value={hours.days}
                onChange={(days: string[]) => setHours({ days })}
                options={WEEK.map((value, at) => ({ value, label: word(at) }))}
              />
              <Input
                style={{ width: 110 }}
                aria-label={label}
                type="time"
                value={hours.from}
                onChange={(event) => setHours({ from: event.target.value })}
              />
              <span>–</span>
              <Input
                style={{ width: 110 }}
                aria-label={t("onCall.toWhen")}
                type="time"
                value={hours.to === "24:00" ? "00:00" : hours.to}
                onChange={(event) => setHours({ to: event.target.value })}
              />
            </div>
          )}
        </Field>
      )}
    </div>
  );
}

function Field({
  label,
  wide = false,
  children,
}: {
  label: string;
  wide?: boolean;
  children: (label: string) => React.ReactNode;
}) {
  return (
    <div className={`field${wide ? " wide" : ""}`}>
      <span className="label">{label}</span>
      {children(label)}
    </div>
  );
}

function turnText(t: ReturnType<typeof useText>["t"], every: string): string {
  const [count = "1", unit = ""] = every.includes(" ") ? every.split(" ") : ["1", every];
  return t(`onCall.every.${unit.replace(/s$/, "")}`, { count: Number(count) });
}

// The steps of a journey, each a card: what is asked, what must come back, what is taken from it.
import { Button, Input, InputNumber, Select } from "antd";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useText } from "@/i18n";
import { EMPTY_STEP, type From, type StepDraft } from "./form";

const STEPS_MAX = 20;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
const FROM: From[] = ["json", "header", "cookie", "regex"];

export function JourneySteps({ steps, change }: { steps: StepDraft[]; change: (steps: StepDraft[]) => void }) {
  const { t } = useText();
  const set = (at: number, to: Partial<StepDraft>) =>
    change(steps.map((step, place) => (place === at ? { ...step, ...to } : step)));
  const swap = (at: number, by: number) => {
    const moved = [...steps];
    moved.splice(at + by, 0, ...moved.splice(at, 1));
    change(moved);
  };
  return (
    <div className="stack">
      <p className="muted">{t("probe.journey.text", { open: "{{", close: "}}" })}</p>
      {steps.map((step, at) => (
        <fieldset key={at} className="journey-step">
          <legend>{t("probe.journey.step", { n: at + 1 })}</legend>
          <div className="row-wrap">
            <Input
              aria-label={t("probe.journey.name")}
              placeholder={t("probe.journey.name")}
              style={{ flex: "1 1 200px" }}
              maxLength={100}
              value={step.name}
              onChange={(event) => set(at, { name: event.target.value })}
            />
            <Button
              aria-label={t("probe.journey.up")}
              icon={<ArrowUp size={14} />}
              disabled={at === 0}
              onClick={() => swap(at, -1)}
            />
            <Button
              aria-label={t("probe.journey.down")}
              icon={<ArrowDown size={14} />}
              disabled={at === steps.length - 1}
              onClick={() => swap(at, 1)}
            />
            <Button
              aria-label={t("probe.journey.remove")}
              icon={<Trash2 size={14} />}
              disabled={steps.length === 1}
              onClick={() => change(steps.filter((_, place) => place !== at))}
            />
          </div>
          <div className="row-wrap">
            <Select
              aria-label={t("probe.field.method")}
              style={{ width: 110 }}
              value={step.method}
              onChange={(method: string) => set(at, { method })}
              options={METHODS.map((method) => ({ value: method, label: method }))}
            />
            <Input
              aria-label={t("probe.field.url")}
              className="mono"
              style={{ flex: "1 1 260px" }}
              placeholder="https://shop.example/orders/{{order}}"
              value={step.url}
              onChange={(event) => set(at, { url: event.target.value })}
            />
          </div>
          <Input.TextArea
            aria-label={t("probe.journey.headers")}
            className="mono"
            autoSize={{ minRows: 1 }}
            placeholder="Authorization: Bearer {{token}}"
            value={step.headers}
            onChange={(event) => set(at, { headers: event.target.value })}
          />
          {step.method !== "GET" && step.method !== "HEAD" && (
            <Input.TextArea
              aria-label={t("probe.field.body")}
              className="mono"
              autoSize={{ minRows: 2 }}
              placeholder={'{"password": "{{secret.shop}}"}'}
              value={step.body}
              onChange={(event) => set(at, { body: event.target.value })}
            />
          )}
          <div className="row-wrap">
            <Input
              aria-label={t("probe.journey.status")}
              style={{ width: 150 }}
              placeholder={t("probe.journey.statusExample")}
              value={step.status}
              onChange={(event) => set(at, { status: event.target.value })}
            />
            <Input
              aria-label={t("probe.field.body_contains")}
              style={{ flex: "1 1 180px" }}
              placeholder={t("probe.field.body_contains")}
              value={step.contains}
              onChange={(event) => set(at, { contains: event.target.value })}
            />
            <InputNumber
              aria-label={t("probe.journey.times")}
              prefix={t("probe.journey.times")}
              style={{ width: 190 }}
              min={1}
              max={50}
              value={step.times}
              onChange={(times) => set(at, { times: times ?? 1 })}
            />
          </div>
          <Captures step={step} set={(captures) => set(at, { captures })} />
        </fieldset>
      ))}
      <Button
        icon={<Plus size={14} />}
        disabled={steps.length >= STEPS_MAX}
        onClick={() => change([...steps, { ...EMPTY_STEP }])}
      >
        {t("probe.journey.add")}
      </Button>
    </div>
  );
}

function Captures({ step, set }: { step: StepDraft; set: (captures: StepDraft["captures"]) => void }) {
  const { t } = useText();
  const change = (at: number, to: Partial<StepDraft["captures"][number]>) =>
    set(step.captures.map((capture, place) => (place === at ? { ...capture, ...to } : capture)));
  return (
    <>
      {step.captures.map((capture, at) => (
        <div className="row-wrap" key={at}>
          <Input
            aria-label={t("probe.journey.variable")}
            className="mono"
            style={{ width: 140 }}
            placeholder="token"
            value={capture.name}
            onChange={(event) => change(at, { name: event.target.value })}
          />
          <Select
            aria-label={t("probe.journey.from")}
            style={{ width: 150 }}
            value={capture.from}
            onChange={(from: From) => change(at, { from })}
            options={FROM.map((from) => ({ value: from, label: t(`probe.journey.of.${from}`) }))}
          />
          <Input
            aria-label={t("probe.journey.at")}
            className="mono"
            style={{ flex: "1 1 140px" }}
            placeholder={
              { json: "/access/token", header: "Location", cookie: "session", regex: "id=(\\d+)" }[capture.from]
            }
            value={capture.at}
            onChange={(event) => change(at, { at: event.target.value })}
          />
          <Button
            aria-label={t("probe.journey.forget")}
            icon={<Trash2 size={13} />}
            onClick={() => set(step.captures.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus size={13} />}
          disabled={step.captures.length >= 20}
          onClick={() => set([...step.captures, { name: "", from: "json", at: "" }])}
        >
          {t("probe.journey.capture")}
        </Button>
      </div>
    </>
  );
}

// One panel in a drawer: what it asks and how it is shown. Each change is seen at once and can be taken back.
import { Input, InputNumber, Select, Switch } from "antd";
import { lazy, Suspense, useId } from "react";
import { nameIn, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { UNITS } from "@/observe/metric/unit";
import { AddRow, RemoveRow, renamed } from "./form";
import { KINDS, type Panel, type PanelKind, type Threshold, type Tone } from "./model";

const Editor = lazy(() => import("@/observe/metric/editor"));
const TONES: Tone[] = ["good", "attention", "bad"];
const QUERIES_MAX = 26;
const THRESHOLDS_MAX = 10;

export function PanelEditor({
  panel,
  close,
  change,
}: {
  panel: Panel | null;
  close: () => void;
  change: (panel: Panel) => void;
}) {
  const { t, language } = useText();
  return (
    <Drawer
      open={panel !== null}
      close={close}
      size={520}
      title={panel ? `${t("dashboard.edit")} · ${nameIn(language, panel.title)}` : ""}
    >
      {panel && <Form panel={panel} change={change} />}
    </Drawer>
  );
}

const NO_REMARKS: [] = [];

function Form({ panel, change }: { panel: Panel; change: (panel: Panel) => void }) {
  const { t, language } = useText();
  const id = useId();
  const set = (part: Partial<Panel>) => change({ ...panel, ...part });
  const queries = panel.queries?.length ? panel.queries : [{ expr: "" }];
  const setQuery = (index: number, part: { expr?: string; legend?: string }) =>
    set({ queries: queries.map((query, at) => (at === index ? { ...query, ...part } : query)) });
  const thresholds = panel.thresholds ?? [];
  const setThresholds = (next: Threshold[]) => set({ thresholds: [...next].sort((a, b) => a.value - b.value) });
  return (
    <div className="form">
      <div className="field">
        <label htmlFor={`${id}t`}>{t("dashboard.field.title")}</label>
        <Input
          id={`${id}t`}
          maxLength={200}
          value={nameIn(language, panel.title)}
          onChange={(event) => set({ title: renamed(language, panel.title, event.target.value) })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}k`}>{t("dashboard.field.kind")}</label>
        <Select<PanelKind>
          id={`${id}k`}
          style={{ width: "100%" }}
          value={panel.kind}
          options={KINDS.map((kind) => ({ value: kind, label: t(`dashboard.kind.${kind}`) }))}
          onChange={(kind) => set({ kind })}
        />
      </div>
      {panel.kind === "text" ? (
        <div className="field">
          <label htmlFor={`${id}x`}>{t("dashboard.field.text")}</label>
          <Input.TextArea
            id={`${id}x`}
            autoSize={{ minRows: 5, maxRows: 20 }}
            maxLength={16_000}
            value={nameIn(language, panel.text)}
            onChange={(event) => set({ text: renamed(language, panel.text, event.target.value) })}
          />
        </div>
      ) : (
        <>
          <div className="field">
            <span className="label">{t("metric.query.title")}</span>
            <ol className="stack" style={{ gap: 10 }}>
              {queries.map((query, index) => (
                <li key={index} className="panel-query">
                  <div className="grow">
                    <Suspense fallback={<Bone h={34} />}>
                      <Editor
                        value={query.expr}
                        onChange={(expr) => setQuery(index, { expr })}
                        onRun={() => {}}
                        label={t("metric.query.label", { letter: String.fromCharCode(65 + index) })}
                        placeholder={t("metric.query.placeholder")}
                        remarks={NO_REMARKS}
                      />
                    </Suspense>
                    <Input
                      size="small"
                      style={{ marginTop: 4 }}
                      value={query.legend ?? ""}
                      maxLength={200}
                      placeholder={t("dashboard.field.legend")}
                      aria-label={`${t("dashboard.field.legend")} ${String.fromCharCode(65 + index)}`}
                      onChange={(event) => setQuery(index, { legend: event.target.value || undefined })}
                    />
                  </div>
                  {queries.length > 1 && (
                    <RemoveRow
                      label={`${t("metric.query.remove")} ${String.fromCharCode(65 + index)}`}
                      remove={() => set({ queries: queries.filter((_, at) => at !== index) })}
                    />
                  )}
                </li>
              ))}
            </ol>
            {queries.length < QUERIES_MAX && (
              <AddRow add={() => set({ queries: [...queries, { expr: "" }] })}>{t("metric.query.add")}</AddRow>
            )}
          </div>
          <div className="field-row">
            <div className="field">
              <label htmlFor={`${id}u`}>{t("metric.unit.title")}</label>
              <Select
                id={`${id}u`}
                style={{ width: 170 }}
                value={panel.unit ?? ""}
                options={UNITS.map((each) => ({
                  value: each,
                  label: each === "" ? t("dashboard.field.noUnit") : t(`metric.unit.${each}`),
                }))}
                onChange={(unit) => set({ unit: unit || undefined })}
              />
            </div>
            <div className="field">
              <label htmlFor={`${id}d`}>{t("dashboard.field.decimals")}</label>
              <InputNumber
                id={`${id}d`}
                min={0}
                max={10}
                precision={0}
                value={panel.decimals ?? null}
                onChange={(decimals) => set({ decimals: decimals ?? undefined })}
              />
            </div>
            <div className="field">
              <label htmlFor={`${id}l`}>{t("dashboard.field.min")}</label>
              <InputNumber id={`${id}l`} value={panel.min ?? null} onChange={(min) => set({ min: min ?? undefined })} />
            </div>
            <div className="field">
              <label htmlFor={`${id}h`}>{t("dashboard.field.max")}</label>
              <InputNumber id={`${id}h`} value={panel.max ?? null} onChange={(max) => set({ max: max ?? undefined })} />
            </div>
          </div>
          {panel.kind === "time_series" && (
            <label className="row" htmlFor={`${id}s`}>
              <Switch
                id={`${id}s`}
                size="small"
                checked={panel.stacked ?? false}
                onChange={(stacked) => set({ stacked: stacked || undefined })}
              />
              {t("metric.stacked")}
            </label>
          )}
          <div className="field">
            <span className="label">{t("dashboard.field.thresholds")}</span>
            <ul className="stack" style={{ gap: 6 }}>
              {thresholds.map((threshold, index) => (
                <li key={index} className="row">
                  <span className="faint">{t("dashboard.field.from")}</span>
                  <InputNumber
                    value={threshold.value}
                    aria-label={t("dashboard.field.threshold")}
                    onChange={(value) =>
                      value !== null &&
                      !thresholds.some((other, at) => at !== index && other.value === value) &&
                      setThresholds(thresholds.map((each, at) => (at === index ? { ...each, value } : each)))
                    }
                  />
                  <Select<Tone>
                    value={threshold.tone}
                    style={{ width: 130 }}
                    aria-label={t("dashboard.field.tone")}
                    options={TONES.map((tone) => ({ value: tone, label: t(`dashboard.tone.${tone}`) }))}
                    onChange={(tone) =>
                      setThresholds(thresholds.map((each, at) => (at === index ? { ...each, tone } : each)))
                    }
                  />
                  <RemoveRow
                    label={`${t("dashboard.field.removeThreshold")} ${threshold.value}`}
                    remove={() => setThresholds(thresholds.filter((_, at) => at !== index))}
                  />
                </li>
              ))}
            </ul>
            {thresholds.length < THRESHOLDS_MAX && (
              <AddRow
                add={() =>
                  setThresholds([
                    ...thresholds,
                    { value: (thresholds.at(-1)?.value ?? 0) + 1, tone: thresholds.length > 0 ? "bad" : "attention" },
                  ])
                }
              >
                {t("dashboard.field.addThreshold")}
              </AddRow>
            )}
          </div>
        </>
      )}
    </div>
  );
}

// The explorer: ask the metric store anything, see it over time or as a table. All of it is in the address.
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Segmented, Select, Switch } from "antd";
import { Download, History, LayoutList, Link2, Play, Square, Undo2 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { serverNow } from "@/api/client";
import { useText } from "@/i18n";
import { download } from "@/kit/download";
import { span } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { Browser } from "./browser";
import { csvOfInstants, csvOfPlot } from "./csv";
import type { EditorHandle } from "./editor";
import { forgetHistory, readHistory, remember } from "./history";
import type { Place } from "./prom";
import { AddQuery, QueryRow, remarksOf } from "./query-row";
import { durationSecs, durationText } from "./range";
import { GraphResult, TableResult } from "./result";
import { useRun, windowOf } from "./run";
import { COMPARES, type ExplorerState, letterOf, QUERIES_MAX, readState, writeState } from "./state";
import { TimePicker } from "./time-picker";
import { inUnit, UNITS, unitOfName } from "./unit";
import "./explorer.css";

const STEPS = ["", "5s", "15s", "1m", "5m", "15m", "1h", "1d"];
const REFRESH = [0, 5, 15, 60, 300];
const GRAPH_WIDTH = 1200;

export default function Explorer() {
  const { t, language } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const state = useMemo(() => readState(search), [search]);
  const [drafts, setDrafts] = useState(() => state.queries);
  const [at, setAt] = useState(serverNow);
  const [browsing, setBrowsing] = useState(false);
  const editors = useRef<(EditorHandle | null)[]>([]);
  const last = useRef(0);
  const moves = useRef(0);
  const width = Math.min(GRAPH_WIDTH, window.innerWidth);
  const window_ = useMemo(() => windowOf(state, at, width), [state, at, width]);
  const ran = useRun(state, window_, at);

  // The address changed by itself: back, forward, or a link.
  const text = state.queries.map((query) => `${query.off}${query.expr}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed follows the address, not the other way round
  useEffect(() => {
    setDrafts(state.queries);
    setAt(serverNow());
  }, [text]);
  useEffect(() => {
    if (!state.refresh) return;
    const timer = setInterval(() => setAt(serverNow()), state.refresh * 1000);
    return () => clearInterval(timer);
  }, [state.refresh]);

  const set = useCallback(
    (change: Partial<ExplorerState>) => {
      const next = { ...readState(search), ...change };
      setSearch(writeState(next));
      setAt(serverNow());
    },
    [search, setSearch],
  );
  const run = (queries = drafts) => {
    remember(queries.filter((query) => !query.off).map((query) => query.expr));
    const next = writeState({ ...state, queries });
    if (next.toString() === writeState(state).toString())
      void client.invalidateQueries({ queryKey: ["metric", state.view === "graph" ? "range" : "instant"] });
    else setSearch(next);
    setAt(serverNow());
  };
  const use = (expr: string) => {
    setBrowsing(false);
    const index = Math.min(last.current, drafts.length - 1);
    const queries = drafts.map((query, each) => (each === index ? { ...query, expr } : query));
    setDrafts(queries);
    run(queries);
  };
  const goTo = (index: number) => (place: Place) => editors.current[index]?.focus(place);
  const said = JSON.stringify(ran.outcomes);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said, not the list that holds it, is what changes
  const remarks = useMemo(() => ran.outcomes.map(remarksOf), [said]);

  const unit = state.unit || unitOfName(state.queries.find((query) => !query.off)?.expr ?? "");
  const format = useCallback((value: number) => inUnit(value, unit, language), [unit, language]);
  const asked = state.queries.some((query) => query.expr.trim() !== "");
  const changed = drafts.map((query) => query.expr).join("\n") !== state.queries.map((query) => query.expr).join("\n");
  const history = readHistory();
  const exportCsv = () => {
    const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(":", "");
    const csv =
      state.view === "graph"
        ? csvOfPlot(ran.plot)
        : csvOfInstants(ran.instants.flatMap(({ result }) => (result.resultType === "vector" ? result.result : [])));
    download(`metrics-${stamp}.csv`, "text/csv;charset=utf-8", csv);
  };

  return (
    <div className="page explorer">
      <PageHead
        title={t("metric.title")}
        sub={t("metric.sub")}
        actions={
          <>
            <Button icon={<LayoutList size={15} aria-hidden />} onClick={() => setBrowsing(true)}>
              {t("metric.browser.open")}
            </Button>
            <Dropdown
              trigger={["click"]}
              menu={{
                style: { maxWidth: 560, maxHeight: 420, overflow: "auto" },
                items: [
                  ...history.map((expr, index) => ({
                    key: `${index}`,
                    label: <span className="mono clip history">{expr}</span>,
                  })),
                  ...(history.length > 0
                    ? [{ type: "divider" as const }, { key: "forget", label: t("metric.history.forget") }]
                    : [{ key: "none", disabled: true, label: t("metric.history.none") }]),
                ],
                onClick: ({ key }) => (key === "forget" ? forgetHistory() : use(history[Number(key)] ?? "")),
              }}
            >
              <Button icon={<History size={15} aria-hidden />}>{t("metric.history.title")}</Button>
            </Dropdown>
            <Button
              icon={<Link2 size={15} aria-hidden />}
              onClick={() =>
                void navigator.clipboard
                  .writeText(window.location.href)
                  .then(() => message.success(t("metric.shared")))
                  .catch(() => message.info(window.location.href))
              }
            >
              {t("metric.share")}
            </Button>
            <Button
              icon={<Download size={15} aria-hidden />}
              disabled={ran.plot.lines.length === 0 && ran.instants.length === 0}
              onClick={exportCsv}
            >
              CSV
            </Button>
          </>
        }
      />
      <section className="panel explorer-ask" aria-label={t("metric.query.title")}>
        <ol className="query-rows">
          {drafts.map((query, index) => (
            <QueryRow
              key={index}
              letter={letterOf(index)}
              text={query.expr}
              off={query.off}
              only={drafts.length === 1}
              outcome={state.queries[index]?.expr === query.expr ? ran.outcomes[index] : undefined}
              remarks={state.queries[index]?.expr === query.expr ? (remarks[index] ?? []) : []}
              editor={(handle) => {
                editors.current[index] = handle;
              }}
              change={(expr) => {
                last.current = index;
                setDrafts((old) => old.map((each, other) => (other === index ? { ...each, expr } : each)));
              }}
              run={() => run()}
              toggle={() => run(drafts.map((each, other) => (other === index ? { ...each, off: !each.off } : each)))}
              remove={() => run(drafts.filter((_, other) => other !== index))}
              goTo={goTo(index)}
            />
          ))}
        </ol>
        <div className="explorer-bar">
          {ran.busy ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={ran.cancel}>
              {t("metric.cancel")}
            </Button>
          ) : (
            <Button type="primary" icon={<Play size={14} aria-hidden />} onClick={() => run()}>
              {t("metric.run")}
            </Button>
          )}
          <span className="faint wide-only">
            <kbd>{navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl"}</kbd> <kbd>↵</kbd>
          </span>
          {drafts.length < QUERIES_MAX && (
            <AddQuery
              add={() => {
                last.current = drafts.length;
                setDrafts([...drafts, { expr: "", off: false }]);
              }}
            />
          )}
          {changed && asked && <span className="faint">{t("metric.changed")}</span>}
          <span className="grow" />
          <TimePicker
            range={state.range}
            choose={(range) => {
              moves.current += 1;
              set({ range });
            }}
          />
          {moves.current > 0 && (
            <Button
              icon={<Undo2 size={14} aria-hidden />}
              onClick={() => {
                moves.current -= 1;
                navigate(-1);
              }}
            >
              {t("metric.time.back")}
            </Button>
          )}
        </div>
        <div className="explorer-bar options">
          <Segmented
            value={state.view}
            onChange={(view) => set({ view: view === "table" ? "table" : "graph" })}
            options={[
              { value: "graph", label: t("metric.view.graph") },
              { value: "table", label: t("metric.view.table") },
            ]}
            aria-label={t("metric.view.title")}
          />
          {state.view === "graph" && (
            <>
              <Choice
                label={t("metric.step.title")}
                value={state.step}
                options={STEPS.map((step) => ({
                  value: step,
                  label: step === "" ? t("metric.step.auto", { step: durationText(window_.step) }) : step,
                }))}
                choose={(step) => set({ step })}
              />
              <Choice
                label={t("metric.compare.title")}
                value={state.compare}
                options={[...new Set(["", ...COMPARES, state.compare])].map((each) => ({
                  value: each,
                  label: each
                    ? t("metric.compare.before", { span: span(durationSecs(each) ?? 0, language) })
                    : t("metric.compare.none"),
                }))}
                choose={(compare) => set({ compare })}
              />
            </>
          )}
          <Choice
            label={t("metric.unit.title")}
            value={state.unit}
            options={UNITS.map((each) => ({ value: each, label: t(`metric.unit.${each || "auto"}`) }))}
            choose={(next) => set({ unit: next })}
          />
          <Choice
            label={t("metric.refresh.title")}
            value={String(state.refresh)}
            options={REFRESH.map((secs) => ({
              value: String(secs),
              label: secs === 0 ? t("metric.refresh.never") : durationText(secs),
            }))}
            choose={(secs) => set({ refresh: Number(secs) })}
          />
          {state.view === "graph" && (
            <label className="row" htmlFor="metric-stacked">
              <Switch
                id="metric-stacked"
                size="small"
                checked={state.stacked}
                onChange={(stacked) => set({ stacked })}
              />
              {t("metric.stacked")}
            </label>
          )}
        </div>
      </section>
      {state.view === "graph" ? (
        <GraphResult
          ran={ran}
          asked={asked}
          state={state}
          window={window_}
          format={format}
          unit={unit}
          zoom={(fromMs, toMs) => {
            moves.current += 1;
            set({ range: { from: String(fromMs), to: String(toMs) } });
          }}
          example={use}
        />
      ) : (
        <TableResult ran={ran} asked={asked} format={format} example={use} />
      )}
      <Browser open={browsing} close={() => setBrowsing(false)} use={use} />
    </div>
  );
}

function Choice({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  choose: (value: string) => void;
}) {
  return (
    <div className="row choice">
      <span className="faint">{label}</span>
      <Select
        size="small"
        value={value}
        options={options}
        onChange={choose}
        aria-label={label}
        popupMatchSelectWidth={false}
      />
    </div>
  );
}

// What came back: the graph with its legend, or the tables; what to do when there is nothing.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link } from "react-router";
import { useText } from "@/i18n";
import { Bone, Empty } from "@/kit/answer";
import { instant, shortInstant } from "@/kit/format";
import { path } from "@/path";
import { metricQueries } from "./api";
import { Legend } from "./legend";
import { clicked, type Plot, shownOf } from "./plot";
import { ResultTable } from "./result-table";
import { LINES_MAX, type Ran, type Window } from "./run";
import { type ExplorerState, letterOf } from "./state";
import { isBinary } from "./unit";

const Graph = lazy(() => import("./graph"));
const HEIGHT = 340;
const EXAMPLES = [
  '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))',
  "node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes",
  "avg_over_time(probe_success[1h])",
];

/** Colours by place among the lines; a line of before has the colour of its twin. */
export function colorsOf(plot: Plot): Map<string, number> {
  const colors = new Map<string, number>();
  let next = 0;
  for (const line of plot.lines.filter((each) => !each.before)) colors.set(line.key, next++);
  for (const line of plot.lines.filter((each) => each.before))
    colors.set(line.key, colors.get(line.key.replace("-", ":")) ?? next++);
  return colors;
}

export function GraphResult({
  ran,
  asked,
  state,
  window,
  format,
  unit,
  zoom,
  example,
}: {
  ran: Ran;
  asked: boolean;
  state: ExplorerState;
  window: Window;
  format: (value: number) => string;
  unit: string;
  zoom: (fromMs: number, toMs: number) => void;
  example: (expr: string) => void;
}) {
  const { t, language } = useText();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [twin, setTwin] = useState(false);
  const colors = useMemo(() => colorsOf(ran.plot), [ran.plot]);
  const shown = useMemo(
    () =>
      shownOf(
        ran.plot.lines.map((line) => line.key),
        chosen,
      ),
    [ran.plot, chosen],
  );
  if (!asked) return <Start example={example} />;
  const lines = ran.plot.lines;
  return (
    <section className="panel explorer-result" aria-label={t("metric.view.graph")} aria-busy={ran.busy}>
      <span className="sr-only" role="status">
        {ran.busy ? t("kit.loading") : ran.answered ? t("metric.answered", { n: ran.count }) : ""}
      </span>
      {!ran.answered ? (
        <Bone h={HEIGHT} />
      ) : lines.length === 0 ? (
        ran.outcomes.every((outcome) => !outcome?.error) && (
          <Empty
            compact
            title={t(ran.plot.histograms ? "metric.histograms.title" : "metric.nothing.title")}
            text={t(ran.plot.histograms ? "metric.histograms.text" : "metric.nothing.text")}
          />
        )
      ) : (
        <>
          <Suspense fallback={<Bone h={HEIGHT} />}>
            <div style={{ opacity: ran.busy ? 0.75 : 1 }}>
              <Graph
                plot={ran.plot}
                start={window.start}
                end={window.end}
                shown={shown}
                colors={colors}
                format={format}
                label={t("metric.graphOf", {
                  n: lines.length,
                  from: instant(window.start * 1000, language),
                  to: instant(window.end * 1000, language),
                })}
                height={HEIGHT}
                stacked={state.stacked}
                binary={isBinary(unit)}
                onZoom={zoom}
              />
            </div>
          </Suspense>
          <div className="row graph-foot">
            <span className="faint">
              {shortInstant(window.start * 1000)} – {shortInstant(window.end * 1000)} · {t("metric.zoomHint")}
            </span>
            <span className="grow" />
            <button type="button" className="link-button" aria-expanded={twin} onClick={() => setTwin(!twin)}>
              {t(twin ? "kit.hideTable" : "kit.asTable")}
            </button>
          </div>
          {ran.count > LINES_MAX && <p className="cut">{t("metric.cut", { shown: LINES_MAX, all: ran.count })}</p>}
          {twin && <Twin plot={ran.plot} shown={shown} format={format} />}
          <Legend
            lines={lines}
            shown={shown}
            chosen={chosen}
            colors={colors}
            format={format}
            choose={(key, add) => setChosen((old) => clicked(old, key, add))}
            letters={state.queries.length > 1}
          />
        </>
      )}
    </section>
  );
}

const TWIN_ROWS = 60;
const TWIN_COLUMNS = 12;

function Twin({ plot, shown, format }: { plot: Plot; shown: ReadonlySet<string>; format: (value: number) => string }) {
  const { t } = useText();
  const lines = plot.lines.filter((line) => shown.has(line.key)).slice(0, TWIN_COLUMNS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too
    <section className="table-wrap chart-table" tabIndex={0} aria-label={t("kit.asTable")}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("kit.time")}</th>
            {lines.map((line) => (
              <th key={line.key} scope="col" className="num">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plot.times
            .map((at, index) => ({ at, index }))
            .reverse()
            .slice(0, TWIN_ROWS)
            .map(({ at, index }) => (
              <tr key={at}>
                <td>{shortInstant(at * 1000, undefined, true)}</td>
                {lines.map((line) => {
                  const value = line.values[index];
                  return (
                    <td key={line.key} className="num">
                      {value === null || value === undefined ? "—" : format(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

export function TableResult({
  ran,
  asked,
  format,
  example,
}: {
  ran: Ran;
  asked: boolean;
  format: (value: number) => string;
  example: (expr: string) => void;
}) {
  const { t } = useText();
  if (!asked) return <Start example={example} />;
  if (!ran.answered)
    return (
      <section className="panel" style={{ padding: 16 }} aria-busy="true">
        <Bone h={180} />
      </section>
    );
  return (
    <>
      {ran.instants.map(({ query, result }) => (
        <section key={query} className="panel" aria-label={t("metric.table.of", { letter: letterOf(query) })}>
          <ResultTable letter={letterOf(query)} result={result} format={format} />
        </section>
      ))}
    </>
  );
}

/** Nothing was asked yet: what this is for, and queries that answer on a fresh installation. */
function Start({ example }: { example: (expr: string) => void }) {
  const { t } = useText();
  const names = useQuery(metricQueries.names());
  const none = names.data?.length === 0;
  return (
    <section className="panel">
      <Empty
        title={t(none ? "metric.empty.title" : "metric.start.title")}
        text={t(none ? "metric.empty.text" : "metric.start.text")}
        action={
          none ? (
            <Link to={path.targets()}>{t("metric.empty.action")}</Link>
          ) : (
            <ul className="examples">
              {EXAMPLES.map((expr) => (
                <li key={expr}>
                  <button type="button" className="mono" onClick={() => example(expr)}>
                    {expr}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      />
    </section>
  );
}

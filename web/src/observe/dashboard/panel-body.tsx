// What a panel shows: lines, a number, a dial, rows or words.
import { lazy, Suspense, useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import { nameIn, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { Shape } from "@/kit/status";
import { useAppearance } from "@/kit/theme";
import { LabelSet } from "@/observe/metric/label-set";
import { colorOf } from "@/observe/metric/palette";
import { clicked, figuresOf, type Plot, shownOf } from "@/observe/metric/plot";
import { inUnit, isBinary } from "@/observe/metric/unit";
import { type Span, useInstantAnswers, useRangeAnswers, type Value } from "./answers";
import type { Panel, PanelQuery } from "./model";
import { toneOf } from "./threshold";

const Graph = lazy(() => import("@/observe/metric/graph"));
const KEYS_MAX = 12;

interface Props {
  panel: Panel;
  /** With the reader's choices filled in. */
  queries: PanelQuery[];
  span: Span;
  /** Pixels. */
  height: number;
  zoom: (fromMs: number, toMs: number) => void;
}

export function PanelBody(props: Props) {
  const { t, language } = useText();
  const { panel } = props;
  if (panel.kind === "text") return <p className="panel-text">{nameIn(language, panel.text)}</p>;
  if (props.queries.every((query) => query.expr.trim() === ""))
    return <p className="panel-none faint">{t("dashboard.panel.noQuery")}</p>;
  if (panel.kind === "time_series") return <Lines {...props} />;
  return <Values {...props} />;
}

function Trouble({ error }: { error: unknown }) {
  const { t } = useText();
  const problem = asProblem(error);
  return (
    <div className="panel-none is-bad" role="alert">
      <Shape tone="bad" />
      <span>
        <b>{t("dashboard.panel.failed")}</b>{" "}
        <span className="said">{problem.detail ?? t("kit.problem.unreachable")}</span>
      </span>
    </div>
  );
}

function colorsOf(plot: Plot): Map<string, number> {
  return new Map(plot.lines.map((line, index) => [line.key, index]));
}

function Lines({ panel, queries, span, height, zoom }: Props) {
  const { t, language } = useText();
  const { scheme } = useAppearance();
  const got = useRangeAnswers(queries, span);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const colors = useMemo(() => colorsOf(got.plot), [got.plot]);
  const shown = useMemo(
    () =>
      shownOf(
        got.plot.lines.map((line) => line.key),
        chosen,
      ),
    [got.plot, chosen],
  );
  const { unit = "", decimals } = panel;
  const format = useMemo(() => (value: number) => inUnit(value, unit, language, decimals), [unit, language, decimals]);
  if (got.busy) return <Bone h={height} />;
  if (got.error && got.plot.lines.length === 0) return <Trouble error={got.error} />;
  if (got.plot.lines.length === 0) return <p className="panel-none faint">{t("dashboard.panel.nothing")}</p>;
  const keys = got.plot.lines.slice(0, KEYS_MAX);
  return (
    <>
      <Suspense fallback={<Bone h={height - 30} />}>
        <Graph
          plot={got.plot}
          start={got.start}
          end={got.end}
          shown={shown}
          colors={colors}
          format={format}
          label={t("dashboard.panel.graph", { title: nameIn(language, panel.title), n: got.plot.lines.length })}
          height={Math.max(60, height - 30)}
          stacked={panel.stacked}
          binary={isBinary(unit)}
          min={panel.min}
          max={panel.max}
          marks={panel.thresholds}
          onZoom={zoom}
          sync="board"
        />
      </Suspense>
      <div className="panel-keys">
        {keys.map((line) => {
          const { last } = figuresOf(line.values);
          return (
            <button
              key={line.key}
              type="button"
              aria-pressed={chosen.has(line.key)}
              className={shown.has(line.key) ? "" : "away"}
              title={`${line.name}${last === null ? "" : `  ${format(last)}`}`}
              onClick={(event) =>
                setChosen((old) => clicked(old, line.key, event.ctrlKey || event.metaKey || event.shiftKey))
              }
            >
              <i style={{ background: colorOf(scheme, colors.get(line.key) ?? 0) }} />
              <span>{line.name}</span>
            </button>
          );
        })}
        {got.plot.lines.length > KEYS_MAX && <span className="faint">+ {got.plot.lines.length - KEYS_MAX}</span>}
      </div>
    </>
  );
}

function Values({ panel, queries, span, height }: Props) {
  const { t, language } = useText();
  const got = useInstantAnswers(queries, span);
  const { unit = "", decimals } = panel;
  const format = (value: number) => inUnit(value, unit, language, decimals);
  if (got.busy) return <Bone h={Math.min(height, 60)} w="60%" />;
  if (got.error && got.values.length === 0) return <Trouble error={got.error} />;
  if (got.values.length === 0) return <p className="panel-none faint">{t("dashboard.panel.nothing")}</p>;
  if (panel.kind === "table") return <Rows panel={panel} values={got.values} format={format} />;
  if (panel.kind === "gauge") return <Dials panel={panel} values={got.values} format={format} height={height} />;
  const alone = got.values.length === 1;
  return (
    <div className="stats">
      {got.values.slice(0, KEYS_MAX).map((each) => {
        const tone = toneOf(each.value, panel.thresholds);
        return (
          <div key={each.key} className={`stat${tone ? ` is-${tone}` : ""}`}>
            <b style={{ fontSize: alone ? Math.max(20, Math.min(40, height * 0.42)) : 20 }}>
              {tone && tone !== "good" && <Shape tone={tone} size={alone ? 14 : 11} />}
              {format(each.value)}
            </b>
            {!alone && <span className="faint clip">{each.name}</span>}
          </div>
        );
      })}
    </div>
  );
}

function Rows({ panel, values, format }: { panel: Panel; values: Value[]; format: (value: number) => string }) {
  const { t, language } = useText();
  const rows = [...values].sort((a, b) => b.value - a.value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too
    <section className="panel-rows" tabIndex={0} aria-label={nameIn(language, panel.title)}>
      <table className="legend-like" aria-label={nameIn(language, panel.title)}>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t("metric.legend.name")}</th>
            <th scope="col">{t("metric.table.value")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const tone = toneOf(row.value, panel.thresholds);
            return (
              <tr key={row.key}>
                <td>{panel.queries?.some((query) => query.legend) ? row.name : <LabelSet labels={row.labels} />}</td>
                <td className={`num${tone ? ` is-${tone}` : ""}`}>
                  {tone && tone !== "good" && <Shape tone={tone} size={9} />} {format(row.value)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const ARC = Math.PI * 40;

function Dials({
  panel,
  values,
  format,
  height,
}: {
  panel: Panel;
  values: Value[];
  format: (value: number) => string;
  height: number;
}) {
  const low = panel.min ?? 0;
  const high = panel.max ?? Math.max(low + 1, ...values.map((each) => each.value));
  const alone = values.length === 1;
  return (
    <div className="stats dials">
      {values.slice(0, 6).map((each) => {
        const share = Math.min(1, Math.max(0, (each.value - low) / (high - low) || 0));
        const tone = toneOf(each.value, panel.thresholds);
        return (
          <div key={each.key} className={`dial${tone ? ` is-${tone}` : ""}`}>
            {/* biome-ignore lint/a11y/useSemanticElements: the native meter cannot be drawn as an arc */}
            <svg
              viewBox="0 0 100 58"
              style={{ height: Math.max(48, Math.min(height - (alone ? 8 : 26), 170)) }}
              role="meter"
              aria-label={each.name || "value"}
              aria-valuemin={low}
              aria-valuemax={high}
              aria-valuenow={each.value}
              aria-valuetext={format(each.value)}
            >
              <path d="M10 50a40 40 0 0 1 80 0" className="track" />
              <path d="M10 50a40 40 0 0 1 80 0" className="fill" strokeDasharray={`${ARC * share} ${ARC}`} />
              {panel.thresholds?.map((mark) => {
                const angle = Math.PI * (1 - Math.min(1, Math.max(0, (mark.value - low) / (high - low))));
                const at = (r: number) => `${50 + r * Math.cos(angle)} ${50 - r * Math.sin(angle)}`;
                return <path key={mark.value} d={`M${at(33)}L${at(36)}`} className={`mark is-${mark.tone}`} />;
              })}
              <text x="50" y="49" textAnchor="middle">
                {format(each.value)}
              </text>
            </svg>
            {!alone && <span className="faint clip">{each.name}</span>}
          </div>
        );
      })}
    </div>
  );
}

// A report's charts, drawn from the document's data as SVG: bars, lines, strips of states. Each with a table twin.
import { useState } from "react";
import type { ReportChart } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { figureValue, shortInstant } from "@/kit/format";

const COLORS = ["var(--locate)", "var(--restore)", "var(--detect)", "var(--attention-fill)", "var(--unknown-fill)"];
const W = 720;
const H = 210;
const LEFT = 56;
const BOTTOM = 26;
const TOP = 12;

/** A round number at or above `high`, and a step that parts it into at most five. */
export function scale(high: number, whole = false): { top: number; step: number } {
  if (high <= 0) return { top: 1, step: 1 };
  const rough = high / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const found = [1, 2, 2.5, 5, 10].map((n) => n * size).find((n) => n >= rough) ?? size * 10;
  const step = whole ? Math.max(1, Math.ceil(found)) : found;
  return { top: Math.ceil(high / step - 1e-9) * step, step };
}

export function ReportChartView({ chart, from, to }: { chart: ReportChart; from: string; to: string }) {
  const { t, language } = useText();
  const [table, setTable] = useState(false);
  return (
    <figure className="report-chart">
      <figcaption className="row">
        <b className="grow">{nameIn(language, chart.title)}</b>
        {chart.kind !== "strip" && (
          <button type="button" className="link-button no-print" onClick={() => setTable(!table)}>
            {t(table ? "kit.hideTable" : "kit.asTable")}
          </button>
        )}
      </figcaption>
      {chart.kind === "strip" ? <Strips chart={chart} from={from} to={to} /> : <Plot chart={chart} />}
      {chart.kind !== "strip" && chart.series.length > 1 && (
        <div className="keys" style={{ marginTop: 4 }}>
          {chart.series.map((series, index) => (
            <span key={series.key}>
              <i className="key" style={{ background: COLORS[index % COLORS.length] }} />
              {nameIn(language, series.label)}
            </span>
          ))}
        </div>
      )}
      {table && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th />
                {chart.series.map((series) => (
                  <th key={series.key} className="num">
                    {nameIn(language, series.label)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {chart.categories.map((category, index) => (
                <tr key={category.en}>
                  <td>{nameIn(language, category)}</td>
                  {chart.series.map((series) => {
                    const value = series.values[index];
                    return (
                      <td key={series.key} className="num">
                        {value === null || value === undefined ? "—" : figureValue(value, chart.unit, language)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

function Plot({ chart }: { chart: ReportChart }) {
  const { language } = useText();
  const values = chart.series.flatMap((series) => series.values).filter((value): value is number => value !== null);
  const high = Math.max(...values, chart.target ?? 0, 0);
  // Shares near the whole are drawn from near the whole: availability of 99.9 % is not a wall of full bars.
  const least = Math.min(...values, chart.target ?? 100);
  const near =
    chart.kind === "line" && chart.unit === "percent" && values.length > 0 && least > 90
      ? scale(Math.max(0.5, (100 - least) * 1.15))
      : null;
  const low = near ? 100 - near.top : 0;
  const { top, step } = near
    ? { top: 100, step: near.step }
    : chart.unit === "percent" && high <= 100 && high > 60
      ? { top: 100, step: 25 }
      : scale(high, chart.unit === "count");
  const y = (value: number) => TOP + (H - TOP - BOTTOM) * (1 - (value - low) / (top - low || 1));
  const wide = (W - LEFT - 8) / Math.max(1, chart.categories.length);
  const ticks: number[] = [];
  for (let value = low; value <= top + 1e-9; value += step) ticks.push(value);
  const every = Math.ceil(chart.categories.length / 12);
  const bar = Math.min(34, (wide * 0.64) / Math.max(1, chart.series.length));
  return (
    <svg viewBox={`0 0 ${W} ${H}`} className="plot" role="img" aria-label={nameIn(language, chart.title)}>
      {ticks.map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={W - 8} y1={y(value)} y2={y(value)} stroke="var(--line)" />
          <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
            {figureValue(value, chart.unit, language)}
          </text>
        </g>
      ))}
      {chart.categories.map((category, index) =>
        index % every === 0 ? (
          <text key={`${category.en}${index}`} x={LEFT + wide * (index + 0.5)} y={H - 8} textAnchor="middle">
            {nameIn(language, category)}
          </text>
        ) : null,
      )}
      {chart.kind === "bars" &&
        chart.series.map((series, s) =>
          series.values.map((value, index) => {
            if (value === null) return null;
            const x = LEFT + wide * (index + 0.5) - (bar * chart.series.length) / 2 + bar * s;
            return (
              <rect
                key={`${series.key}${index}`}
                x={x + 1}
                y={y(value)}
                width={bar - 2}
                height={Math.max(value > 0 ? 1.5 : 0, y(low) - y(value))}
                rx={2.5}
                fill={COLORS[s % COLORS.length]}
              >
                <title>{`${nameIn(language, chart.categories[index])}: ${figureValue(value, chart.unit, language)}`}</title>
              </rect>
            );
          }),
        )}
      {chart.kind === "line" &&
        chart.series.map((series, s) => (
          <g key={series.key} stroke={COLORS[s % COLORS.length]} fill="none" strokeWidth="2">
            <path d={linePath(series.values, (index) => LEFT + wide * (index + 0.5), y)} strokeLinejoin="round" />
            {series.values.map((value, index) =>
              value === null ? null : (
                <circle
                  key={index}
                  cx={LEFT + wide * (index + 0.5)}
                  cy={y(value)}
                  r="2.6"
                  fill={COLORS[s % COLORS.length]}
                  stroke="none"
                >
                  <title>{`${nameIn(language, chart.categories[index])}: ${figureValue(value, chart.unit, language)}`}</title>
                </circle>
              ),
            )}
          </g>
        ))}
      {chart.target !== null && chart.target >= low && chart.target <= top && (
        <line
          x1={LEFT}
          x2={W - 8}
          y1={y(chart.target)}
          y2={y(chart.target)}
          stroke="var(--bad-fill)"
          strokeDasharray="5 4"
          strokeWidth="1.5"
        />
      )}
    </svg>
  );
}

/** A line with gaps where nothing is known. */
export function linePath(
  values: (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let pen = "M";
  return values
    .map((value, index) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const point = `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
}

function Strips({ chart, from, to }: { chart: ReportChart; from: string; to: string }) {
  const { language } = useText();
  const start = Date.parse(from);
  const whole = Math.max(1, Date.parse(to) - start);
  return (
    <div className="report-strips">
      {chart.strips.map((strip) => (
        <div key={strip.label.en} className="report-strip">
          <span className="clip">{nameIn(language, strip.label)}</span>
          <div className="interval-strip" style={{ height: 18 }}>
            {strip.spans.map((span) => (
              <i
                key={`${span.from}${span.state}`}
                className={span.state}
                title={`${shortInstant(span.from)} – ${shortInstant(span.to)}`}
                style={{
                  left: `${((Date.parse(span.from) - start) / whole) * 100}%`,
                  width: `max(${span.state === "bad" ? 2 : 0}px, ${((Date.parse(span.to) - Date.parse(span.from)) / whole) * 100}%)`,
                }}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

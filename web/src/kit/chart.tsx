// Time series by uPlot: the only chart that needs a library. Gaps stay gaps. The same as a table for those who cannot see it.
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useText } from "@/i18n";
import { shortInstant, timeOfDay } from "./format";
import { useAppearance } from "./theme";
import { fontFamily, type Token, tokens } from "./tokens";

export interface Line {
  label: string;
  /** Milliseconds and value; null is a gap. */
  points: (number | null)[][];
  color: Token;
}

const HEIGHT = 200;
const BINARY = Array.from({ length: 50 }, (_, power) => 2 ** power);

export default function TimeChart({
  lines,
  format,
  label,
  height = HEIGHT,
  max,
  threshold,
  binary = false,
  minutes,
}: {
  lines: Line[];
  format: (value: number) => string;
  label: string;
  height?: number;
  max?: number;
  threshold?: number;
  /** Values are bytes: ticks at whole KiB, MiB, GiB. */
  binary?: boolean;
  /** The stretch of time shown, up to now, also where there is no data yet. */
  minutes: number;
}) {
  const { t } = useText();
  const { scheme } = useAppearance();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [table, setTable] = useState(false);
  const formatRef = useRef(format);
  formatRef.current = format;

  const data = join(lines);
  const latest = useRef(data);
  latest.current = data;
  const shape = lines.map((line) => `${line.label}${line.color}`).join("|");

  // biome-ignore lint/correctness/useExhaustiveDependencies: data is set below without rebuilding the chart
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const colors = tokens[scheme];
    const axis = {
      stroke: colors["text-3"],
      font: `11px ${fontFamily.en}`,
      ticks: { show: false },
      grid: { stroke: colors.line, width: 1 },
    };
    const make = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        scales: {
          x: { time: true, range: () => [Date.now() / 1000 - minutes * 60, Date.now() / 1000] },
          y: { range: (_u, _low, high) => [0, max ?? Math.max(high, threshold ?? 0, 1e-9) * 1.12] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            grid: { show: false },
            values: (_u, splits) =>
              splits.map((at, index) =>
                index > 0 && splits.length > 1 && (splits[1] ?? 0) - (splits[0] ?? 0) >= 86_400
                  ? shortInstant(at * 1000).slice(0, 5)
                  : timeOfDay(at * 1000, false),
              ),
          },
          {
            ...axis,
            size: 62,
            ...(binary ? { incrs: BINARY } : {}),
            values: (_u, splits) => splits.map((value) => formatRef.current(value)),
          },
        ],
        series: [
          {},
          ...lines.map((line, index) => ({
            label: line.label,
            stroke: colors[line.color],
            width: 1.6,
            fill: index === 0 ? `${colors[line.color]}1c` : undefined,
            spanGaps: false,
            points: { show: false },
          })),
        ],
        hooks: {
          draw: [
            (u) => {
              if (threshold === undefined) return;
              const y = u.valToPos(threshold, "y", true);
              u.ctx.save();
              u.ctx.strokeStyle = colors["bad-fill"];
              u.ctx.setLineDash([4, 4]);
              u.ctx.beginPath();
              u.ctx.moveTo(u.bbox.left, y);
              u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
              u.ctx.stroke();
              u.ctx.restore();
            },
          ],
          setCursor: [
            (u) => {
              const at = u.cursor.idx;
              const tip = element.querySelector<HTMLElement>(".chart-tip");
              if (!tip) return;
              if (at === null || at === undefined || (u.cursor.left ?? -1) < 0) {
                tip.style.opacity = "0";
                return;
              }
              const when = u.data[0][at];
              const values = lines.map((line, index) => {
                const value = u.data[index + 1]?.[at];
                return `${lines.length > 1 ? `${line.label} ` : ""}${value === null || value === undefined ? "—" : formatRef.current(value)}`;
              });
              tip.textContent = `${timeOfDay((when ?? 0) * 1000)}  ${values.join("  ")}`;
              tip.style.opacity = "1";
              tip.style.left = `${Math.min((u.cursor.left ?? 0) + 66, element.clientWidth - tip.offsetWidth - 6)}px`;
            },
          ],
        },
      },
      latest.current,
      element,
    );
    plot.current = make;
    const observer = new ResizeObserver(() => make.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      make.destroy();
      plot.current = null;
    };
  }, [scheme, shape, height, max, threshold, binary, minutes]);
  useEffect(() => {
    plot.current?.setData(data);
  });

  return (
    <figure className="chart">
      <div ref={box} className="chart-box" role="img" aria-label={label} style={{ height }}>
        <span className="chart-tip" />
      </div>
      <figcaption className="row chart-foot">
        {lines.length > 1 && (
          <span className="keys">
            {lines.map((line) => (
              <span key={line.label}>
                <i className="key" style={{ background: `var(--${line.color})`, height: 3 }} />
                {line.label}
              </span>
            ))}
          </span>
        )}
        <span className="grow" />
        <button type="button" className="link-button" onClick={() => setTable(!table)} aria-expanded={table}>
          {t(table ? "kit.hideTable" : "kit.asTable")}
        </button>
      </figcaption>
      {table && (
        <div className="table-wrap chart-table">
          <table className="table">
            <thead>
              <tr>
                <th>{t("kit.time")}</th>
                {lines.map((line) => (
                  <th key={line.label} className="num">
                    {line.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...data[0]]
                .reverse()
                .slice(0, 60)
                .map((at, index) => (
                  <tr key={at}>
                    <td>{shortInstant(at * 1000)}</td>
                    {lines.map((line, column) => {
                      const value = data[column + 1]?.[data[0].length - 1 - index];
                      return (
                        <td key={line.label} className="num">
                          {value === null || value === undefined ? "—" : format(value)}
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

/** Several series on one time axis. */
function join(lines: Line[]): uPlot.AlignedData {
  const columns = lines.map((line) => new Map(line.points.map(([at, value]) => [at ?? 0, value ?? null])));
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [times.map((at) => at / 1000), ...columns.map((column) => times.map((at) => column.get(at) ?? null))];
}

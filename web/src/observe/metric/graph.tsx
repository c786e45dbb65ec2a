// Lines over time by uPlot: drag to zoom, a tip under the pointer, an earlier time dashed, thresholds. Gaps stay gaps.
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { shortInstant, timeOfDay } from "@/kit/format";
import { useAppearance } from "@/kit/theme";
import { fontFamily, type Token, tokens } from "@/kit/tokens";
import { colorOf } from "./palette";
import { type Plot, stackedOf } from "./plot";
import "./graph.css";

export interface Mark {
  value: number;
  tone: "good" | "attention" | "bad";
}
const BINARY = Array.from({ length: 60 }, (_, power) => 2 ** power);
const TIP_ROWS = 12;
const TIP_WIDTH = 320;

interface Props {
  plot: Plot;
  /** Seconds. */
  start: number;
  end: number;
  shown: ReadonlySet<string>;
  /** The place of a line's colour, by its key. */
  colors: ReadonlyMap<string, number>;
  format: (value: number) => string;
  label: string;
  height: number;
  stacked?: boolean;
  binary?: boolean;
  min?: number;
  max?: number;
  marks?: Mark[];
  /** In milliseconds. */
  onZoom?: (fromMs: number, toMs: number) => void;
  /** Graphs of one name share their crosshair. */
  sync?: string;
}

export default function Graph(props: Props) {
  const { plot, start, end, shown, colors, height, stacked = false, binary = false, label, sync } = props;
  const { scheme } = useAppearance();
  const box = useRef<HTMLDivElement>(null);
  const made = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  const drawn = useMemo(() => plot.lines.filter((line) => shown.has(line.key)), [plot, shown]);
  const data = useMemo<uPlot.AlignedData>(() => {
    const values = drawn.map((line) => line.values);
    const now = drawn.map((line) => !line.before);
    if (!stacked) return [plot.times, ...values];
    // What is compared with is not a part of the sum.
    const sums = stackedOf(values.filter((_, index) => now[index]));
    let next = 0;
    return [plot.times, ...values.map((line, index) => (now[index] ? (sums[next++] ?? line) : line))];
  }, [plot.times, drawn, stacked]);
  const drawnRef = useRef(drawn);
  drawnRef.current = drawn;
  const dataRef = useRef(data);
  dataRef.current = data;
  const shape = drawn.map((line) => `${line.key}#${colors.get(line.key)}`).join("|");
  const marks = (props.marks ?? []).map((mark) => `${mark.value}${mark.tone}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: data and handlers are read when needed, without a new chart
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const palette = tokens[scheme];
    const axis = {
      stroke: palette["text-3"],
      font: `11px ${fontFamily.en}`,
      ticks: { show: false },
      grid: { stroke: palette.line, width: 1 },
    };
    const points = dataRef.current[0].length;
    const make = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 18, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: 6 },
          drag: { x: Boolean(latest.current.onZoom), y: false, setScale: false, dist: 6 },
          ...(sync ? { sync: { key: sync, setSeries: false } } : {}),
        },
        scales: {
          x: {
            time: true,
            range: () => [latest.current.start, Math.max(latest.current.end, latest.current.start + 1)],
          },
          y: {
            range: (_u, low, high) => {
              const now = latest.current;
              if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high))
                return [now.min ?? 0, now.max ?? 1];
              // Where zero is near, it belongs to the picture.
              const floor = now.min ?? (low >= 0 && low < high * 0.6 ? 0 : low - (high - low) * 0.08);
              const room = (high - floor || Math.abs(high) || 1) * 0.08;
              return [floor === high ? floor - room : floor, now.max ?? high + room];
            },
          },
        },
        axes: [
          {
            ...axis,
            size: 26,
            space: 64,
            grid: { show: false },
            values: (_u, splits) => {
              const gap = (splits[1] ?? 0) - (splits[0] ?? 0);
              const days = latest.current.end - latest.current.start > 86_400 * 1.5;
              return splits.map((at) =>
                gap >= 86_400
                  ? shortInstant(at * 1000).slice(0, 5)
                  : days
                    ? shortInstant(at * 1000)
                    : timeOfDay(at * 1000, gap < 60),
              );
            },
          },
          {
            ...axis,
            size: (_u, values) => Math.max(44, 14 + 6.6 * Math.max(0, ...(values ?? []).map((text) => text.length))),
            ...(binary ? { incrs: BINARY } : {}),
            values: (_u, splits) => splits.map((value) => latest.current.format(value)),
          },
        ],
        series: [
          {},
          ...drawn.map((line, index) => {
            const color = colorOf(scheme, colors.get(line.key) ?? 0);
            return {
              label: line.name,
              stroke: color,
              width: line.before ? 1.3 : 1.6,
              dash: line.before ? [5, 4] : undefined,
              // The lowest is filled to the axis; each other down to the one below it, by a band.
              fill: stacked && !line.before && index === 0 ? `${color}4a` : undefined,
              spanGaps: false,
              // A single point between two gaps would be invisible as a line.
              points: { show: points <= 2, size: 5, filter: undefined },
            };
          }),
        ],
        bands: stacked
          ? drawn.slice(1).flatMap((line, index) =>
              line.before
                ? []
                : [
                    {
                      series: [index + 2, index + 1] as [number, number],
                      fill: `${colorOf(scheme, colors.get(line.key) ?? 0)}4a`,
                    },
                  ],
            )
          : undefined,
        hooks: {
          draw: [(u) => drawMarks(u, latest.current.marks ?? [], scheme), (u) => drawLonely(u)],
          setSelect: [
            (u) => {
              if (u.select.width < 6) return;
              const from = u.posToVal(u.select.left, "x") * 1000;
              const to = u.posToVal(u.select.left + u.select.width, "x") * 1000;
              u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
              latest.current.onZoom?.(Math.round(from), Math.round(to));
            },
          ],
          setCursor: [(u) => showTip(u, element)],
        },
      },
      dataRef.current,
      element,
    );
    made.current = make;
    const observer = new ResizeObserver(() => make.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      make.destroy();
      made.current = null;
    };
  }, [scheme, shape, height, binary, stacked, marks, sync]);

  useEffect(() => {
    made.current?.setData(data);
  }, [data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the range is read through `latest`; these only say when
  useEffect(() => {
    made.current?.setData(dataRef.current);
  }, [start, end, props.min, props.max, props.format]);

  function showTip(u: uPlot, element: HTMLElement) {
    const tip = element.querySelector<HTMLElement>(".graph-tip");
    if (!tip) return;
    const at = u.cursor.idx;
    const left = u.cursor.left ?? -1;
    // Only the graph under the pointer shows its values; others that share the crosshair show the line.
    if (at === null || at === undefined || left < 0 || !element.matches(":hover")) {
      tip.hidden = true;
      return;
    }
    const rows = drawnRef.current
      .map((line) => ({ line, value: line.values[at] }))
      .filter((row): row is { line: (typeof row)["line"]; value: number } => typeof row.value === "number")
      .sort((a, b) => b.value - a.value);
    tip.replaceChildren(
      node("b", shortInstant((u.data[0][at] ?? 0) * 1000, undefined, true)),
      ...rows.slice(0, TIP_ROWS).map(({ line, value }) => {
        const row = document.createElement("div");
        const key = document.createElement("i");
        key.style.background = colorOf(scheme, colors.get(line.key) ?? 0);
        if (line.before) key.className = "before";
        row.append(key, node("span", line.name), node("em", latest.current.format(value)));
        return row;
      }),
      ...(rows.length > TIP_ROWS
        ? [node("small", `+ ${rows.length - TIP_ROWS}`)]
        : rows.length === 0
          ? [node("small", "—")]
          : []),
    );
    tip.hidden = false;
    const room = element.clientWidth;
    const width = Math.min(TIP_WIDTH, tip.offsetWidth);
    const x = left + u.bbox.left / devicePixelRatio + 14;
    tip.style.left = `${x + width > room ? Math.max(0, x - width - 28) : x}px`;
  }

  return (
    <div ref={box} className="graph-box" role="img" aria-label={label} style={{ height }}>
      <div className="graph-tip" hidden />
    </div>
  );
}

function node(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function drawMarks(u: uPlot, marks: Mark[], scheme: "light" | "dark") {
  for (const mark of marks) {
    const y = u.valToPos(mark.value, "y", true);
    if (y < u.bbox.top || y > u.bbox.top + u.bbox.height) continue;
    u.ctx.save();
    u.ctx.strokeStyle = tokens[scheme][`${mark.tone}-fill` as Token];
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y);
    u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
    u.ctx.stroke();
    u.ctx.restore();
  }
}

/** A sample without neighbours has no line: it is drawn as a dot. */
function drawLonely(u: uPlot) {
  for (let index = 1; index < u.data.length; index += 1) {
    const values = u.data[index] ?? [];
    const stroke = u.series[index]?.stroke;
    if (!stroke) continue;
    u.ctx.save();
    u.ctx.fillStyle = typeof stroke === "function" ? String(stroke(u, index)) : String(stroke);
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      const alone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
      if (value === null || value === undefined || !alone) continue;
      u.ctx.beginPath();
      u.ctx.arc(u.valToPos(u.data[0][at] ?? 0, "x", true), u.valToPos(value, "y", true), 2.2 * devicePixelRatio, 0, 7);
      u.ctx.fill();
    }
    u.ctx.restore();
  }
}

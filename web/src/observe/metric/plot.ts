// Series as lines of one graph: one time axis, gaps kept, names, figures of the legend, stacks. Pure.
import type { Labels, Series } from "./prom";

export interface Line {
  /** The same for the same series of the same query, whenever it is asked. */
  key: string;
  name: string;
  labels: Labels;
  /** Which query. */
  query: number;
  /** Of an earlier time, moved here to compare. */
  before: boolean;
  values: (number | null)[];
}
export interface Plot {
  /** Seconds. */
  times: number[];
  lines: Line[];
  /** Series of histograms, which a line cannot show. */
  histograms: number;
}
export interface Source {
  query: number;
  series: Series[];
  legend?: string;
  before?: boolean;
  /** Added to each instant: an earlier time drawn as if it were now. */
  shiftSecs?: number;
}

/** `{__name__="up", job="a"}` → `up{job="a"}`. */
export function seriesText(labels: Labels): string {
  const { __name__: name = "", ...rest } = labels;
  const inner = Object.entries(rest)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ");
  return inner ? `${name}{${inner}}` : name || "{}";
}

/** `{{label}}` filled in. */
export function legendText(template: string, labels: Labels): string {
  return template.replace(/\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g, (_, label: string) => labels[label] ?? "");
}

const MOST_POINTS = 11_001;

/** The grid of instants from start to end; a moment without a sample is a gap. */
export function plotOf(sources: Source[], start: number, end: number, step: number): Plot {
  const count = Math.min(MOST_POINTS, Math.floor((end - start) / step + 1e-6) + 1);
  const times = Array.from({ length: Math.max(0, count) }, (_, index) => start + index * step);
  const lines: Line[] = [];
  let histograms = 0;
  for (const source of sources) {
    for (const series of source.series) {
      if (!series.values?.length) {
        if (series.histograms?.length) histograms += 1;
        continue;
      }
      const values: (number | null)[] = new Array(times.length).fill(null);
      for (const [at, text] of series.values) {
        const slot = Math.round((at + (source.shiftSecs ?? 0) - start) / step);
        // What is no finite number cannot be drawn: a gap says so.
        const value = Number(text === "+Inf" || text === "-Inf" ? Number.NaN : text);
        if (slot >= 0 && slot < values.length) values[slot] = Number.isFinite(value) ? value : null;
      }
      lines.push({
        key: `${source.query}${source.before ? "-" : ":"}${seriesText(series.metric)}`,
        name: source.legend ? legendText(source.legend, series.metric) : seriesText(series.metric),
        labels: series.metric,
        query: source.query,
        before: source.before ?? false,
        values,
      });
    }
  }
  return { times, lines, histograms };
}

export interface Figures {
  min: number | null;
  max: number | null;
  mean: number | null;
  last: number | null;
}

export function figuresOf(values: (number | null)[]): Figures {
  let min: number | null = null;
  let max: number | null = null;
  let last: number | null = null;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
    last = value;
    sum += value;
    count += 1;
  }
  return { min, max, last, mean: count ? sum / count : null };
}

/** Each line on the sum of those before it; a gap adds nothing and stays a gap. */
export function stackedOf(lines: (number | null)[][]): (number | null)[][] {
  const sums: number[] = [];
  return lines.map((values) =>
    values.map((value, index) => {
      if (value === null) return null;
      sums[index] = (sums[index] ?? 0) + value;
      return sums[index] ?? null;
    }),
  );
}

/** Which of the lines are drawn: one that was clicked alone, or all but those hidden. */
export function shownOf(keys: string[], chosen: ReadonlySet<string>): Set<string> {
  const known = keys.filter((key) => chosen.has(key));
  return new Set(known.length > 0 ? known : keys);
}

/** A click isolates; another on the same shows all again; with a modifier, one more is added or taken away. */
export function clicked(chosen: ReadonlySet<string>, key: string, add: boolean): Set<string> {
  if (!add) return chosen.size === 1 && chosen.has(key) ? new Set() : new Set([key]);
  const next = new Set(chosen);
  if (!next.delete(key)) next.add(key);
  return next;
}

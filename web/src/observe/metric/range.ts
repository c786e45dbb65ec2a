// Stretches of time and how finely they are asked. Pure: "now" is handed in.

/** `now`, `now-6h`, or milliseconds as text. */
export type Edge = string;
export interface Range {
  from: Edge;
  to: Edge;
}

const UNIT_SECS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** `90s`, `1h30m`, `7d` in seconds; null when it is no duration. A bare number is seconds. */
export function durationSecs(text: string): number | null {
  const bare = text.trim();
  if (/^\d+(\.\d+)?$/.test(bare)) return Number(bare);
  if (!/^(\d+(ms|[smhdwy]))+$/.test(bare)) return null;
  let total = 0;
  for (const [, n, unit] of bare.matchAll(/(\d+)(ms|[smhdwy])/g)) total += Number(n) * (UNIT_SECS[unit ?? ""] ?? 0);
  return total;
}

/** Seconds as `1h30m`: what a step or a range is written as. */
export function durationText(secs: number): string {
  if (secs < 1) return `${Math.max(1, Math.round(secs * 1000))}ms`;
  let left = Math.round(secs);
  let text = "";
  for (const [unit, size] of [
    ["w", 604_800],
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    // Weeks only when nothing is left over: nobody reads `1w3d`.
    const n = unit === "w" ? (left % size === 0 ? left / size : 0) : Math.floor(left / size);
    if (n > 0) text += `${n}${unit}`;
    left -= n * size;
  }
  return text || "0s";
}

/** The instant of an edge in milliseconds; null when it cannot be read. */
export function instantOf(edge: Edge, nowMs: number): number | null {
  if (edge === "now") return nowMs;
  const relative = edge.match(/^now-(.+)$/);
  if (relative) {
    const secs = durationSecs(relative[1] ?? "");
    return secs === null ? null : nowMs - secs * 1000;
  }
  return /^\d{9,16}$/.test(edge) ? Number(edge) : null;
}

export const DEFAULT_RANGE: Range = { from: "now-1h", to: "now" };

/** Both edges in milliseconds; the last hour when they cannot be read or are the wrong way round. */
export function spanOf(range: Range, nowMs: number): { fromMs: number; toMs: number } {
  const fromMs = instantOf(range.from, nowMs);
  const toMs = instantOf(range.to, nowMs);
  if (fromMs === null || toMs === null || fromMs >= toMs) return { fromMs: nowMs - 3_600_000, toMs: nowMs };
  return { fromMs, toMs };
}

/** Of a range up to now, how long it is: `now-6h` → `6h`; null for any other. */
export const lengthOf = (range: Range): string | null =>
  range.to === "now" ? (range.from.match(/^now-(.+)$/)?.[1] ?? null) : null;

export const QUICK = ["5m", "15m", "30m", "1h", "3h", "6h", "12h", "1d", "2d", "7d", "30d"] as const;

/** Twice as long, around the same middle, and never beyond now. */
export function wider(range: Range, nowMs: number): Range {
  const { fromMs, toMs } = spanOf(range, nowMs);
  const length = lengthOf(range);
  if (length !== null) return { from: `now-${durationText(((toMs - fromMs) / 1000) * 2)}`, to: "now" };
  const half = (toMs - fromMs) / 2;
  const to = Math.min(toMs + half, nowMs);
  return { from: String(Math.round(to - half * 4)), to: String(Math.round(to)) };
}

/** The same length, one half earlier (-1) or later (1), never beyond now. */
export function moved(range: Range, nowMs: number, direction: -1 | 1): Range {
  const { fromMs, toMs } = spanOf(range, nowMs);
  const by = ((toMs - fromMs) / 2) * direction;
  const to = Math.min(toMs + by, nowMs);
  return { from: String(Math.round(to - (toMs - fromMs))), to: String(Math.round(to)) };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
/** The engine answers with this many points of a series at most. */
export const POINTS_MAX = 11_000;

/** The step in seconds: what was asked for when the engine would answer it, otherwise the first round one of about `points`. */
export function stepOf(spanSecs: number, asked: string, points = 300): number {
  const wanted = asked === "" ? null : durationSecs(asked);
  if (wanted !== null && wanted > 0) return Math.max(wanted, spanSecs / POINTS_MAX);
  const least = spanSecs / points;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/** Both edges on whole steps, so that asking again a moment later gives the same points. */
export function aligned(fromMs: number, toMs: number, stepSecs: number): { start: number; end: number } {
  const start = Math.floor(fromMs / 1000 / stepSecs) * stepSecs;
  const end = Math.max(start, Math.floor(toMs / 1000 / stepSecs) * stepSecs);
  return { start: round(start), end: round(end) };
}
const round = (secs: number) => Math.round(secs * 1000) / 1000;

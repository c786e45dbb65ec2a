// The explorer's state is its address: what is shared is what is seen. Pure.
import { DEFAULT_RANGE, durationSecs, type Range } from "./range";

export type View = "graph" | "table";
/** How long before: those that are offered. The address takes any other too, up to 400 days. */
export const COMPARES = ["1h", "1d", "1w", "4w"] as const;
const COMPARE_MAX_SECS = 400 * 86_400;
export interface Asked {
  expr: string;
  /** Kept, but not asked. */
  off: boolean;
}
export interface ExplorerState {
  queries: Asked[];
  view: View;
  range: Range;
  /** As written; empty = as fits. */
  step: string;
  /** With how long before it is compared, as written; empty = with nothing. */
  compare: string;
  stacked: boolean;
  unit: string;
  /** Seconds; 0 = never again by itself. */
  refresh: number;
}

/** `A` to `Z`. */
export const QUERIES_MAX = 26;
export const letterOf = (index: number): string => String.fromCharCode(65 + (index % 26));

export const EMPTY: ExplorerState = {
  queries: [{ expr: "", off: false }],
  view: "graph",
  range: DEFAULT_RANGE,
  step: "",
  compare: "",
  stacked: false,
  unit: "",
  refresh: 0,
};

const REFRESH = [0, 5, 15, 60, 300];

export function readState(search: URLSearchParams): ExplorerState {
  const off = new Set((search.get("off") ?? "").split(""));
  const queries = search
    .getAll("q")
    .slice(0, QUERIES_MAX)
    .map((expr, index) => ({ expr, off: off.has(letterOf(index)) }));
  const compare = search.get("compare") ?? "";
  const before = durationSecs(compare) ?? 0;
  const step = search.get("step") ?? "";
  const refresh = Number(search.get("refresh"));
  return {
    queries: queries.length > 0 ? queries : EMPTY.queries,
    view: search.get("view") === "table" ? "table" : "graph",
    range: { from: search.get("from") ?? DEFAULT_RANGE.from, to: search.get("to") ?? DEFAULT_RANGE.to },
    step: durationSecs(step) ? step : "",
    compare: before >= 1 && before <= COMPARE_MAX_SECS ? compare : "",
    stacked: search.get("stacked") === "1",
    unit: search.get("unit") ?? "",
    refresh: REFRESH.includes(refresh) ? refresh : 0,
  };
}

/** Only what differs from a fresh explorer, so that addresses stay short. */
export function writeState(state: ExplorerState): URLSearchParams {
  const search = new URLSearchParams();
  for (const query of state.queries) {
    if (query.expr !== "" || state.queries.length > 1) search.append("q", query.expr);
  }
  const off = state.queries.map((query, index) => (query.off ? letterOf(index) : "")).join("");
  if (off) search.set("off", off);
  if (state.view !== "graph") search.set("view", state.view);
  if (state.range.from !== DEFAULT_RANGE.from || state.range.to !== DEFAULT_RANGE.to) {
    search.set("from", state.range.from);
    search.set("to", state.range.to);
  }
  if (state.step) search.set("step", state.step);
  if (state.compare) search.set("compare", state.compare);
  if (state.stacked) search.set("stacked", "1");
  if (state.unit) search.set("unit", state.unit);
  if (state.refresh) search.set("refresh", String(state.refresh));
  return search;
}

// Runs the explorer's queries, each on its own, and gathers what came back.
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { asProblem } from "@/api/problem";
import { metricQueries } from "./api";
import { type Plot, plotOf, type Source } from "./plot";
import { type InstantResult, PromError, type RangeResult, type Said } from "./prom";
import type { Outcome } from "./query-row";
import { aligned, durationSecs, spanOf, stepOf } from "./range";
import type { ExplorerState } from "./state";

/** Lines of one graph, at most; a browser draws more, a reader does not tell them apart. */
export const LINES_MAX = 300;

export interface Window {
  start: number;
  end: number;
  step: number;
}

export function windowOf(state: Pick<ExplorerState, "range" | "step">, nowMs: number, width: number): Window {
  const { fromMs, toMs } = spanOf(state.range, nowMs);
  const step = stepOf((toMs - fromMs) / 1000, state.step, Math.max(120, Math.min(600, Math.round(width / 3))));
  return { ...aligned(fromMs, toMs, step), step };
}

function outcomeOf(error: unknown, said: Said<unknown> | undefined): Outcome {
  const problem = error ? asProblem(error) : null;
  return {
    error: problem
      ? {
          text: problem.detail ?? "",
          place: problem instanceof PromError ? problem.place : null,
          kind: problem instanceof PromError ? problem.kind : problem.code,
        }
      : null,
    warnings: said?.warnings ?? [],
    infos: said?.infos ?? [],
  };
}

export interface Ran {
  busy: boolean;
  outcomes: (Outcome | undefined)[];
  plot: Plot;
  /** Series that came back, before any were left out. */
  count: number;
  instants: { query: number; result: InstantResult }[];
  answered: boolean;
  /** How long the slowest took, milliseconds; null while busy. */
  cancel: () => void;
}

export function useRun(state: ExplorerState, window: Window, atMs: number): Ran {
  const client = useQueryClient();
  const asked = state.queries.map((query) => !query.off && query.expr.trim() !== "");
  const graph = state.view === "graph";
  const before = graph ? (durationSecs(state.compare) ?? 0) : 0;
  const { toMs } = spanOf(state.range, atMs);
  const ranges = useQueries({
    queries: state.queries.map((query, index) => ({
      ...metricQueries.range(query.expr, window.start, window.end, window.step),
      enabled: graph && asked[index] === true,
      placeholderData: (old: Said<RangeResult> | undefined) => old,
    })),
  });
  const earlier = useQueries({
    queries: state.queries.map((query, index) => ({
      ...metricQueries.range(query.expr, window.start - before, window.end - before, window.step),
      enabled: before > 0 && asked[index] === true,
    })),
  });
  const instants = useQueries({
    queries: state.queries.map((query, index) => ({
      ...metricQueries.instant(query.expr, Math.floor(toMs / 1000)),
      enabled: !graph && asked[index] === true,
    })),
  });
  const answers = graph ? ranges : instants;
  const data = ranges.map((answer, index) => (graph && asked[index] && !answer.isError ? answer.data : undefined));
  const beforeData = earlier.map((answer, index) => (before > 0 && asked[index] ? answer.data : undefined));
  const stamp = [...ranges, ...earlier].map((answer) => `${answer.dataUpdatedAt}${answer.status}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp stands for all answers
  const drawn = useMemo(() => {
    const sources: Source[] = [];
    let count = 0;
    let room = LINES_MAX;
    data.forEach((said, query) => {
      const series = said?.data.result ?? [];
      count += series.length;
      sources.push({ query, series: series.slice(0, room) });
      room -= Math.min(room, series.length);
    });
    beforeData.forEach((said, query) => {
      sources.push({
        query,
        series: (said?.data.result ?? []).slice(0, LINES_MAX),
        before: true,
        shiftSecs: before,
      });
    });
    return { plot: plotOf(sources, window.start, window.end, window.step), count };
  }, [stamp, window.start, window.end, window.step, before, asked.join(), graph]);

  const all = [...answers, ...(before > 0 ? earlier : [])];
  return {
    busy: all.some((answer) => answer.fetchStatus === "fetching"),
    outcomes: answers.map((answer, index) =>
      asked[index] && (answer.data || answer.error) ? outcomeOf(answer.error, answer.data) : undefined,
    ),
    ...drawn,
    instants: graph
      ? []
      : instants.flatMap((answer, query) =>
          asked[query] && answer.data && !answer.isError ? [{ query, result: answer.data.data }] : [],
        ),
    answered: answers.some((answer, index) => asked[index] && (answer.data !== undefined || answer.isError)),
    cancel: () => {
      void client.cancelQueries({ queryKey: ["metric", "range"] });
      void client.cancelQueries({ queryKey: ["metric", "instant"] });
    },
  };
}

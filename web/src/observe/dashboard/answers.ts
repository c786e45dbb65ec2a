// What a panel's queries answer, over the board's range.
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { metricQueries } from "@/observe/metric/api";
import { legendText, type Plot, plotOf, seriesText } from "@/observe/metric/plot";
import type { InstantResult, Labels, RangeResult, Said } from "@/observe/metric/prom";
import { aligned, stepOf } from "@/observe/metric/range";
import type { PanelQuery } from "./model";

export interface Span {
  fromMs: number;
  toMs: number;
}
interface Got {
  busy: boolean;
  error: unknown;
  notes: string[];
}

const POINTS = 240;
const LINES_MAX = 100;

export function useRangeAnswers(queries: PanelQuery[], span: Span): Got & { plot: Plot; start: number; end: number } {
  const step = stepOf((span.toMs - span.fromMs) / 1000, "", POINTS);
  const { start, end } = aligned(span.fromMs, span.toMs, step);
  const answers = useQueries({
    queries: queries.map((query) => ({
      ...metricQueries.range(query.expr, start, end, step),
      enabled: query.expr.trim() !== "",
      placeholderData: (old: Said<RangeResult> | undefined) => old,
    })),
  });
  const stamp = answers.map((answer) => `${answer.dataUpdatedAt}${answer.status}`).join();
  const legends = queries.map((query) => query.legend ?? "").join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp stands for all answers
  const plot = useMemo(
    () =>
      plotOf(
        answers.map((answer, query) => ({
          query,
          series: (answer.isError ? [] : (answer.data?.data.result ?? [])).slice(0, LINES_MAX),
          legend: queries[query]?.legend || undefined,
        })),
        start,
        end,
        step,
      ),
    [stamp, legends, start, end, step],
  );
  return {
    plot,
    start,
    end,
    busy: answers.some((answer) => answer.isPending && answer.fetchStatus === "fetching"),
    error: answers.find((answer) => answer.error)?.error ?? null,
    notes: answers.flatMap((answer) => [...(answer.data?.warnings ?? []), ...(answer.data?.infos ?? [])]),
  };
}

export interface Value {
  key: string;
  name: string;
  labels: Labels;
  value: number;
}

function valuesOf(result: InstantResult, query: PanelQuery, index: number): Value[] {
  const name = (labels: Labels) => (query.legend ? legendText(query.legend, labels) : seriesText(labels));
  if (result.resultType === "scalar")
    return [{ key: `${index}`, name: query.legend ?? "", labels: {}, value: Number(result.result[1]) }];
  if (result.resultType !== "vector") return [];
  return result.result.flatMap((each) =>
    each.value
      ? [
          {
            key: `${index}${seriesText(each.metric)}`,
            name: name(each.metric),
            labels: each.metric,
            value: Number(each.value[1].replace("Inf", "Infinity")),
          },
        ]
      : [],
  );
}

export function useInstantAnswers(queries: PanelQuery[], span: Span): Got & { values: Value[] } {
  const answers = useQueries({
    queries: queries.map((query) => ({
      ...metricQueries.instant(query.expr, Math.floor(span.toMs / 1000)),
      enabled: query.expr.trim() !== "",
      placeholderData: (old: Said<InstantResult> | undefined) => old,
    })),
  });
  return {
    values: answers.flatMap((answer, index) => {
      const query = queries[index];
      return query && answer.data && !answer.isError ? valuesOf(answer.data.data, query, index) : [];
    }),
    busy: answers.some((answer) => answer.isPending && answer.fetchStatus === "fetching"),
    error: answers.find((answer) => answer.error)?.error ?? null,
    notes: answers.flatMap((answer) => [...(answer.data?.warnings ?? []), ...(answer.data?.infos ?? [])]),
  };
}

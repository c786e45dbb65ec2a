import { queryOptions } from "@tanstack/react-query";
import { ask, type InstantResult, type Labels, PromError } from "@/observe/metric/prom";

export type Health = "up" | "down" | "unknown";
export interface ActiveTarget {
  discoveredLabels: Labels;
  labels: Labels;
  scrapePool: string;
  scrapeUrl: string;
  lastError: string;
  lastScrape: string;
  lastScrapeDuration: number;
  health: Health;
  scrapeInterval: string;
  scrapeTimeout: string;
}
export interface DroppedTarget {
  discoveredLabels: Labels;
  scrapePool: string;
  /** Why it cannot be asked, when no rule dropped it. */
  reason?: string;
}
interface Answer {
  activeTargets: ActiveTarget[] | null;
  droppedTargets: DroppedTarget[] | null;
  droppedTargetCounts?: Record<string, number>;
}
export interface Targets {
  active: ActiveTarget[];
  dropped: DroppedTarget[];
  droppedCounts: Record<string, number>;
}

const retry = (count: number, error: Error) => count < 1 && !(error instanceof PromError);

export const targetQueries = {
  all: () =>
    queryOptions({
      queryKey: ["target", "all"],
      queryFn: async ({ signal }): Promise<Targets> => {
        const { data } = await ask<Answer>("targets", {}, signal);
        return {
          active: data.activeTargets ?? [],
          dropped: data.droppedTargets ?? [],
          droppedCounts: data.droppedTargetCounts ?? {},
        };
      },
      refetchInterval: 10_000,
      retry,
    }),
  /** Samples of the last scrape, by job and instance. */
  samples: () =>
    queryOptions({
      queryKey: ["target", "samples"],
      queryFn: async ({ signal }) => {
        const { data } = await ask<InstantResult>("query", { query: "scrape_samples_scraped" }, signal);
        const found = data.resultType === "vector" ? data.result : [];
        return new Map(found.map((each) => [sampleKey(each.metric), Number(each.value?.[1])]));
      },
      refetchInterval: 15_000,
      retry,
    }),
};

export const sampleKey = (labels: Labels): string => `${labels.job ?? ""}\n${labels.instance ?? ""}`;

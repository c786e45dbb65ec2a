import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { LedgerEvent } from "@/api/types";

/** Where a figure stands: computed live for a period, or frozen in a report. */
export type FigurePlace = { report: string } | { from: string; to: string };

export const figureQueries = {
  evidence: (figure: string, place: FigurePlace) =>
    queryOptions({
      queryKey: ["figure", "evidence", figure, place],
      queryFn: () =>
        "report" in place
          ? read(
              client.GET("/api/v1/reports/{id}/figures/{figure}/evidence", {
                params: { path: { id: place.report, figure } },
              }),
            )
          : read(client.GET("/api/v1/figures/live/{figure}/evidence", { params: { path: { figure }, query: place } })),
    }),
  event: (seq: number) =>
    queryOptions({
      queryKey: ["figure", "event", seq],
      queryFn: async () =>
        (await read(client.GET("/api/v1/events/{seq}", { params: { path: { seq } } }))) as LedgerEvent,
      staleTime: Number.POSITIVE_INFINITY,
    }),
};

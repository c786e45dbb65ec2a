import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { Clock, ClockExplained, Goal } from "@/api/types";

export const clockQueries = {
  /** The clocks of these incidents, by incident. */
  of: (incidents: string[]) => {
    const ids = [...incidents].sort();
    return queryOptions({
      queryKey: ["clock", "of", ids],
      enabled: ids.length > 0,
      queryFn: async () => {
        const clocks = rowsOf(
          await read(client.GET("/api/v1/clocks", { params: { query: { incidents: ids.join(",") } } })),
        );
        const by = new Map<string, Clock[]>();
        for (const clock of clocks) by.set(clock.incident_id, [...(by.get(clock.incident_id) ?? []), clock]);
        return by;
      },
      refetchInterval: 60_000,
    });
  },
  explain: (incident: string, goal: Goal, agreement: string) =>
    queryOptions({
      queryKey: ["clock", "explain", incident, goal, agreement],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/incidents/{id}/clocks/{goal}/explain", {
            params: { path: { id: incident, goal }, query: { agreement } },
          }),
        )) as ClockExplained,
    }),
};

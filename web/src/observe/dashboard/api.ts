import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Filled } from "@/api/types";
import { type Board, bare } from "./model";

type Schemas = components["schemas"];
export type DashboardHead = Filled<Schemas["DashboardHead"]>;
export interface Dashboard {
  name: string;
  version: number;
  put_at: string;
  board: Board;
}

const asDashboard = (view: Filled<Schemas["DashboardView"]>): Dashboard => ({
  name: view.name,
  version: view.version,
  put_at: view.put_at,
  board: bare(view.board) as unknown as Board,
});

export const dashboardQueries = {
  all: () => queryOptions({ queryKey: ["dashboard", "all"], queryFn: () => read(client.GET("/api/v1/dashboards")) }),
  one: (name: string) =>
    queryOptions({
      queryKey: ["dashboard", "one", name],
      queryFn: async () =>
        asDashboard(await read(client.GET("/api/v1/dashboards/{name}", { params: { path: { name } } }))),
    }),
};

export const dashboardActs = {
  /** `seen` is the version that was changed; 0 for one that is not there yet. */
  put: async (name: string, board: Board, seen: number) =>
    asDashboard(
      await read(
        client.PUT("/api/v1/dashboards/{name}", {
          params: { path: { name } },
          body: board as unknown as Schemas["DashboardBoard"],
          headers: { "If-Match": `"${seen}"` },
        }),
      ),
    ),
  remove: (name: string, seen: number) =>
    read(
      client.DELETE("/api/v1/dashboards/{name}", {
        params: { path: { name } },
        headers: { "If-Match": `"${seen}"` },
      }),
    ),
};

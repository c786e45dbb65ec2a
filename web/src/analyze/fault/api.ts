import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";

export const faultQueries = {
  of: (incident: string) =>
    queryOptions({
      queryKey: ["fault", incident],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/fault", { params: { path: { id: incident } } })),
    }),
};

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { Review, ReviewDetail, ReviewEdit, ReviewEdition, ReviewStep } from "@/api/types";

export const reviewQueries = {
  list: (state: "open" | "ended") =>
    queryOptions({
      queryKey: ["review", "list", state],
      queryFn: () => read(client.GET("/api/v1/reviews", { params: { query: { state, limit: 200 } } })),
      refetchInterval: 30_000,
    }),
  incident: (incident: string) =>
    queryOptions({
      queryKey: ["review", "incident", incident],
      queryFn: () => read(client.GET("/api/v1/reviews", { params: { query: { incident, limit: 1 } } })),
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["review", "one", id],
      queryFn: async () =>
        (await read(client.GET("/api/v1/reviews/{id}", { params: { path: { id } } }))) as ReviewDetail,
      refetchInterval: 30_000,
    }),
  edition: (id: string, edition: number) =>
    queryOptions({
      queryKey: ["review", "edition", id, edition],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/reviews/{id}/editions/{edition}", { params: { path: { id, edition } } }),
        )) as ReviewEdition,
    }),
  causes: () =>
    queryOptions({
      queryKey: ["definition", "causes"],
      queryFn: () => read(client.GET("/api/v1/causes")),
      staleTime: 300_000,
    }),
};

export const openReview = (incident_id: string) => read(client.POST("/api/v1/reviews", { body: { incident_id } }));

/** An edit over the version that was read; whoever edits what they have not seen is told, and keeps what they wrote. */
export function useEdit(review: Review) {
  return useChange(
    review,
    async (edit: ReviewEdit, at) =>
      (await read(client.POST("/api/v1/reviews/{id}/edit", { ...at, body: edit }))) as ReviewDetail,
  );
}

export function useStep(review: Review) {
  return useChange(
    review,
    async ({ step, text }: { step: ReviewStep; text?: string }, at) =>
      (await read(client.POST("/api/v1/reviews/{id}/step", { ...at, body: { step, text } }))) as ReviewDetail,
  );
}

interface At {
  params: { path: { id: string } };
  headers: { "If-Match": string };
}

function useChange<A>(review: Review, ask: (asked: A, at: At) => Promise<ReviewDetail>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: A) =>
      ask(asked, { params: { path: { id: review.id } }, headers: { "If-Match": `"${review.version}"` } }),
    onSuccess: (found) => queries.setQueryData(reviewQueries.one(review.id).queryKey, found),
    onSettled: () => {
      for (const family of ["review", "incident"]) void queries.invalidateQueries({ queryKey: [family] });
    },
  });
}

import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type {
  Board,
  Contact,
  ContactDraft,
  Load,
  OnCall,
  Policy,
  PolicyDraft,
  Reach,
  RotaDraft,
  Swap,
} from "@/api/types";

export const onCallQueries = {
  now: () =>
    queryOptions({
      queryKey: ["on-call", "now"],
      // The document gives the team's name the type of an empty object besides its own.
      queryFn: async () => (await read(client.GET("/api/v1/on-call"))) as unknown as OnCall[],
      refetchInterval: 60_000,
    }),
  shifts: (team: string, from: string, to: string) =>
    queryOptions({
      queryKey: ["on-call", "shifts", team, from, to],
      queryFn: () =>
        read(client.GET("/api/v1/on-call/{team}/shifts", { params: { path: { team }, query: { from, to } } })),
    }),
  board: (team: string, from: string, to: string) =>
    queryOptions({
      queryKey: ["on-call", "board", team, from, to],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/on-call/{team}/board", { params: { path: { team }, query: { from, to } } }),
        )) as unknown as Board,
    }),
  /** What a draft would come to: asked anew with every change of it. */
  draft: (team: string, draft: RotaDraft, from: string, to: string) =>
    queryOptions({
      queryKey: ["on-call", "draft", team, draft, from, to],
      retry: false,
      queryFn: async () =>
        (await read(
          client.POST("/api/v1/on-call/{team}/draft", {
            params: { path: { team }, query: { from, to } },
            body: draft as never,
          }),
        )) as unknown as Board,
    }),
  swaps: (team: string) =>
    queryOptions({
      queryKey: ["on-call", "swaps", team],
      queryFn: async () =>
        (await read(client.GET("/api/v1/on-call/{team}/swaps", { params: { path: { team } } }))) as unknown as Swap[],
    }),
  fairness: (team: string, from: string, to: string) =>
    queryOptions({
      queryKey: ["on-call", "fairness", team, from, to],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/on-call/{team}/fairness", { params: { path: { team }, query: { from, to } } }),
        )) as unknown as Load[],
    }),
  reachability: () =>
    queryOptions({
      queryKey: ["on-call", "reachability"],
      queryFn: async () => (await read(client.GET("/api/v1/on-call/reachability"))) as unknown as Reach[],
    }),
  policies: () =>
    queryOptions({
      queryKey: ["on-call", "policies"],
      queryFn: async () => (await read(client.GET("/api/v1/escalation-policies"))) as unknown as Policy[],
    }),
  contact: () =>
    queryOptions({
      queryKey: ["on-call", "contact"],
      queryFn: async () => (await read(client.GET("/api/v1/me/contact"))) as unknown as Contact,
    }),
};

const of = (team: string) => ({ params: { path: { team } } });

export const onCallActs = {
  override: (team: string, body: { person_id: string; from: string; to: string }) =>
    read(client.POST("/api/v1/on-call/{team}/overrides", { params: { path: { team } }, body })),
  remove: (id: string) => read(client.DELETE("/api/v1/on-call/overrides/{id}", { params: { path: { id } } })),
  put: (team: string, draft: RotaDraft) =>
    read(client.PUT("/api/v1/on-call/{team}/rota", { ...of(team), body: draft as never })),
  offer: (team: string, body: { from: string; to: string; note: string }) =>
    read(client.POST("/api/v1/on-call/{team}/swaps", { ...of(team), body })),
  take: (id: string) => read(client.POST("/api/v1/on-call/swaps/{id}/take", { params: { path: { id } } })),
  withdraw: (id: string) => read(client.DELETE("/api/v1/on-call/swaps/{id}", { params: { path: { id } } })),
  note: (team: string, text: string) =>
    read(client.POST("/api/v1/on-call/{team}/notes", { ...of(team), body: { text } })),
  feed: (team?: string) => read(client.POST("/api/v1/on-call/feeds", { body: { team_id: team ?? null } as never })),
  putPolicy: (team: string, draft: PolicyDraft) =>
    read(client.PUT("/api/v1/escalation-policies/{team}", { ...of(team), body: draft as never })),
  retirePolicy: (team: string) => read(client.DELETE("/api/v1/escalation-policies/{team}", of(team))),
  putContact: (draft: ContactDraft) => read(client.PUT("/api/v1/me/contact", { body: draft as never })),
  browserKey: () => read(client.GET("/api/v1/browser-key")),
  addBrowser: (body: { endpoint: string; p256dh: string; auth: string }) =>
    read(client.POST("/api/v1/me/contact/browsers", { body })),
  removeWay: (id: string) => read(client.DELETE("/api/v1/me/contact/{id}", { params: { path: { id } } })),
  prove: (id: string) => read(client.POST("/api/v1/me/contact/{id}/prove", { params: { path: { id } } })),
};

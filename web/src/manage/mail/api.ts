import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { IncidentMails, MailStanding } from "@/api/types";

const EVERY = 15_000;

export const mailQueries = {
  /** Mailboxes, and how reading them goes. */
  boxes: () =>
    queryOptions({
      queryKey: ["mail", "boxes"],
      queryFn: () => read(client.GET("/api/v1/mailboxes")),
      refetchInterval: EVERY,
    }),
  /** Mails that stand so, newest first. */
  list: (standing: MailStanding) =>
    infiniteQueryOptions({
      queryKey: ["mail", "list", standing],
      queryFn: ({ pageParam }) =>
        read(
          client.GET("/api/v1/mails", { params: { query: { standing, after: pageParam || undefined, limit: 50 } } }),
        ),
      initialPageParam: "",
      getNextPageParam: (page) => page.next,
      refetchInterval: EVERY,
    }),
  /** Chats, and how they go. */
  chats: () =>
    queryOptions({
      queryKey: ["mail", "chats"],
      queryFn: () => read(client.GET("/api/v1/chats")),
      refetchInterval: EVERY,
    }),
  /** The messages of an incident's chats. */
  chatsOf: (id: string) =>
    queryOptions({
      queryKey: ["incident", "chats", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/chats", { params: { path: { id } } })),
    }),
  /** The mails of an incident, and to whom answers go. */
  of: (id: string) =>
    queryOptions({
      queryKey: ["incident", "mails", id],
      queryFn: async () =>
        (await read(client.GET("/api/v1/incidents/{id}/mails", { params: { path: { id } } }))) as IncidentMails,
    }),
};

export const mailActs = {
  take: (id: string, incident: string | null) =>
    read(client.POST("/api/v1/mails/{id}/take", { params: { path: { id } }, body: { incident_id: incident } })),
  discard: (id: string) => read(client.POST("/api/v1/mails/{id}/discard", { params: { path: { id } } })),
};

/** Where a file, or a mail as it came, is downloaded from. */
export const attachmentUrl = (id: string) => `/api/v1/attachments/${encodeURIComponent(id)}`;
export const originalUrl = (id: string) => `/api/v1/mails/${encodeURIComponent(id)}/original`;

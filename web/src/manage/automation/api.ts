// Canned replies, macros, rules, fields, statuses and templates of the desk.
import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Kind = Schemas["AutomationKind"];
export type Definition = Schemas["AutomationDefinition"];
export type Of = Schemas["AutomationOf"];
export type Rule = Schemas["TicketRule"];
export type When = Schemas["AutomationWhen"];
export type Condition = Schemas["AutomationCondition"];
export type Action = Schemas["AutomationAction"];
/** As declared: what nobody declared is left out, which is not how answers are filled elsewhere. */
export type Automation = Schemas["Automation"];
export type Detail = Schemas["AutomationDetail"];
export type Template = Schemas["TicketTemplate"];

export const KINDS: readonly Kind[] = [
  "ticket_rule",
  "macro",
  "reply",
  "ticket_field",
  "ticket_status",
  "ticket_template",
];

export const automationQueries = {
  all: (kind: Kind) =>
    queryOptions({
      queryKey: ["automation", "all", kind],
      queryFn: async () =>
        (await read(client.GET("/api/v1/automation", { params: { query: { kind } } }))) as unknown as Automation[],
      staleTime: 30_000,
    }),
  one: (kind: Kind, name: string) =>
    queryOptions({
      queryKey: ["automation", "one", kind, name],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/automation/{kind}/{name}", { params: { path: { kind, name } } }),
        )) as unknown as Detail,
    }),
  runs: (name: string) =>
    queryOptions({
      queryKey: ["automation", "runs", name],
      queryFn: () => read(client.GET("/api/v1/automation/ticket_rule/{name}/runs", { params: { path: { name } } })),
    }),
  replies: (of: Of, id: string) =>
    queryOptions({
      queryKey: ["automation", "replies", id],
      queryFn: () => {
        const asked = { params: { path: { id } } };
        return of === "incident"
          ? read(client.GET("/api/v1/incidents/{id}/replies", asked))
          : read(client.GET("/api/v1/requests/{id}/replies", asked));
      },
      staleTime: 30_000,
    }),
  statuses: (kind: "incident" | "request", id: string) =>
    queryOptions({
      queryKey: ["automation", "statuses", id],
      queryFn: () => {
        const asked = { params: { path: { id } } };
        return kind === "incident"
          ? read(client.GET("/api/v1/incidents/{id}/statuses", asked))
          : read(client.GET("/api/v1/requests/{id}/statuses", asked));
      },
      staleTime: 10_000,
    }),
  fields: (incident: string) =>
    queryOptions({
      queryKey: ["automation", "fields", incident],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/fields", { params: { path: { id: incident } } })),
    }),
};

/** What a new one begins with. */
export function begun(kind: Kind): Definition {
  const title = { zh: "", en: "" };
  switch (kind) {
    case "reply":
      return { kind, name: "", title, text: { zh: "", en: "" } };
    case "macro":
      // biome-ignore lint/suspicious/noThenProperty: the word of the configuration file; a list is no promise
      return { kind, name: "", title, then: [{ note: { text: { zh: "", en: "" } } }] };
    case "ticket_rule":
      // biome-ignore lint/suspicious/noThenProperty: the word of the configuration file; a list is no promise
      return { kind, name: "", title, when: ["opened"], if: { all: [] }, then: [{ assign: {} }], order: 100 };
    case "ticket_field":
      return { kind, name: "", title, answer: { type: "text" }, for_customers: false };
    case "ticket_status":
      return {
        kind,
        name: "",
        title,
        under: "in_progress",
        tone: "plain",
        order: 100,
        default: false,
        staff_only: false,
      };
    case "ticket_template":
      return { kind, name: "", title, service: "", subject: { zh: "", en: "" }, impact: 2, urgency: 2 };
  }
}

/** The kind of ticket whose states a status lies under. */
export function ticketUnder(under: Schemas["TicketStatus"]["under"]): "incident" | "request" {
  return ["in_progress", "on_hold"].includes(only(under)[0]) ? "incident" : "request";
}

/** The one key of a condition or an act, and what stands under it. */
export function only(value: object | string): [string, unknown] {
  if (typeof value === "string") return [value, undefined];
  const [entry] = Object.entries(value);
  return entry ?? ["", undefined];
}

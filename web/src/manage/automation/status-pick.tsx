// Chooses one of the house's own statuses for a ticket: the ticket comes into the state that it lies under.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";
import { ChevronDown } from "lucide-react";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";
import { nameIn, useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { toneOf } from "@/kit/own-status";
import { Status } from "@/kit/status";
import { automationQueries, only } from "./api";

type Option = components["schemas"]["StatusOption"];
interface Ticket {
  kind: "incident" | "request";
  id: string;
  version: number;
}

const choose = async ({ kind, id, version }: Ticket, status: string | null) => {
  const asked = { params: { path: { id } }, headers: { "If-Match": `"${version}"` }, body: { status } };
  if (kind === "incident") await read(client.POST("/api/v1/incidents/{id}/status", asked));
  else await read(client.POST("/api/v1/requests/{id}/status", asked));
};

export function StatusPick({ ticket }: { ticket: Ticket }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const options = useQuery(automationQueries.statuses(ticket.kind, ticket.id));
  const set = useMutation({
    mutationFn: (status: string | null) => choose(ticket, status),
    onError: (error) => message.error(problemText(error)),
    onSettled: () => {
      for (const family of [ticket.kind, "automation", "desk", "clock", "fault"])
        void queries.invalidateQueries({ queryKey: [family] });
    },
  });
  const all = options.data ?? [];
  if (all.length === 0) return null;
  const underWord = (option: Option) => {
    const [state, hold] = only(option.under);
    const word = t(`${ticket.kind}.state.${state}`);
    return hold ? `${word} · ${t(`incident.hold.${String(hold)}`)}` : word;
  };
  const current = all.find((option) => option.current);
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectedKeys: current ? [current.name] : [],
        items: [
          ...all.map((option) => ({
            key: option.name,
            label: (
              <span className="row">
                <Status tone={toneOf(option.tone)} word={nameIn(language, option.title)} />
                <span className="faint">{underWord(option)}</span>
              </span>
            ),
            onClick: () => set.mutate(option.name),
          })),
          ...(current ? [{ key: "", label: t("automation.status.none"), onClick: () => set.mutate(null) }] : []),
        ],
      }}
    >
      <Button size="small" loading={set.isPending} icon={<ChevronDown size={14} />} iconPlacement="end">
        {t("automation.status.set")}
      </Button>
    </Dropdown>
  );
}

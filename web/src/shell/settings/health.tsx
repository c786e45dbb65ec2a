import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Segmented } from "antd";
import { useState } from "react";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { Health } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, PanelBones, TableBones, useProblemText } from "@/kit/answer";
import { bytes, listed, number, span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { useMay } from "../session";

const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: () => read(client.GET("/api/v1/health")),
  refetchInterval: 5000,
});
const outboxQuery = (state: string) =>
  queryOptions({
    queryKey: ["outbox", state],
    queryFn: async () => rowsOf(await read(client.GET("/api/v1/outbox", { params: { query: { state, limit: 100 } } }))),
    refetchInterval: 10_000,
  });

/** Our own health: the workers, the ledger's seals, and letters nobody could deliver. */
export default function HealthPage() {
  const health = useQuery(healthQuery);
  return (
    <div className="stack">
      <Answer of={health} bones={<PanelBones height={120} />}>
        {(data) => <Now health={data} />}
      </Answer>
      <Outbox />
    </div>
  );
}

function Now({ health }: { health: Health }) {
  const { t, language } = useText();
  const trouble = [health.metrics.error, health.metrics.remote?.error ?? null, ...health.metrics.damaged].filter(
    (words) => words !== null,
  );
  const unsealed = health.ledger.position - health.ledger.sealed_to;
  const figure = (label: string, value: string, help?: string) => (
    <div className="panel">
      <small className="faint">{label}</small>
      <b>{value}</b>
      {help && <small className="faint">{help}</small>}
    </div>
  );
  return (
    <>
      <div className="health-now">
        {figure(t("settings.health.version"), health.version, health.database)}
        {figure(
          t("settings.health.ledger"),
          `#${number(health.ledger.position, language)}`,
          unsealed > 0 ? t("settings.health.unsealed", { n: unsealed }) : t("settings.health.sealed"),
        )}
        {figure(
          t("settings.health.probes"),
          number(health.probes.count, language),
          health.probes.late_ms_p99 === null
            ? undefined
            : t("settings.health.late", { ms: Math.round(health.probes.late_ms_p99) }),
        )}
        {figure(
          t("settings.health.metrics"),
          number(health.metrics.series, language),
          health.metrics.damaged.length > 0
            ? t("settings.health.metricsDamaged", { n: health.metrics.damaged.length })
            : t("settings.health.metricsDisk", { size: bytes(health.metrics.disk_bytes) }),
        )}
        {figure(
          t("settings.health.timers"),
          number(health.timers.due, language),
          t("settings.health.timersLate", { secs: span(health.timers.late_secs, language) }),
        )}
        {figure(
          t("settings.health.gaps"),
          number(health.on_call.gaps, language),
          t("settings.health.unproven", { n: health.on_call.unproven + health.on_call.unreachable }),
        )}
        {figure(t("settings.health.rules"), number(health.rules.count, language), listed(health.rules.rules, language))}
        {figure(
          t("settings.health.outbox"),
          number(health.outbox.queued, language),
          t("settings.health.dead", { n: health.outbox.dead }),
        )}
      </div>
      {trouble.length > 0 && (
        <Panel title={t("settings.health.metricsTrouble")}>
          {trouble.map((words) => (
            <p key={words}>
              <Status tone="bad" word={words} />
            </p>
          ))}
        </Panel>
      )}
      <Panel title={t("settings.health.consumers")} flush>
        <Table
          label={t("settings.health.consumers")}
          rows={health.consumers.map((consumer) => ({ id: consumer.name, ...consumer }))}
          columns={[
            { key: "n", head: t("settings.column.name"), cell: (row) => <code>{row.name}</code> },
            {
              key: "s",
              head: t("settings.column.state"),
              cell: (row) => (
                <Status
                  tone={row.lag > 1000 ? "bad" : row.lag > 50 ? "attention" : "good"}
                  word={t(row.lag > 50 ? "settings.health.behind" : "settings.health.caughtUp")}
                />
              ),
            },
            { key: "l", head: t("settings.column.lag"), num: true, cell: (row) => number(row.lag, language) },
            {
              key: "p",
              head: t("settings.column.parked"),
              num: true,
              cell: (row) => (row.parked > 0 ? <Status tone="bad" word={number(row.parked, language)} /> : "0"),
            },
          ]}
        />
      </Panel>
    </>
  );
}

const STATES = ["dead", "queued"] as const;

function Outbox() {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [state, setState] = useState<(typeof STATES)[number]>("dead");
  const letters = useQuery({ ...outboxQuery(state), enabled: !may("outbox.read") });
  const retry = useMutation({
    mutationFn: (id: string) => read(client.POST("/api/v1/outbox/{id}/retry", { params: { path: { id } } })),
    onSuccess: () => message.success(t("settings.outbox.queued")),
    onError: (error) => message.error(problemText(error)),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["outbox"] });
      void queries.invalidateQueries({ queryKey: ["health"] });
    },
  });
  return (
    <Panel
      title={t("settings.outbox.title")}
      flush
      actions={
        <Segmented
          size="small"
          value={state}
          onChange={setState}
          options={STATES.map((value) => ({ value, label: t(`settings.outbox.state.${value}`) }))}
        />
      }
    >
      <Answer of={letters} bones={<TableBones rows={3} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty
              compact
              title={t(`settings.outbox.none.${state}`)}
              text={state === "dead" ? t("settings.outbox.text") : undefined}
            />
          ) : (
            <Table
              label={t("settings.outbox.title")}
              rows={rows}
              columns={[
                {
                  key: "c",
                  head: t("settings.column.channel"),
                  cell: (row) => textOf(t, "incident.channel", row.channel),
                },
                {
                  key: "a",
                  head: t("settings.column.attempts"),
                  num: true,
                  cell: (row) => `${row.attempts}/${row.max_attempts}`,
                },
                {
                  key: "e",
                  head: t("settings.column.error"),
                  cell: (row) => (
                    <span className="mono" style={{ overflowWrap: "anywhere" }}>
                      {row.error ?? "—"}
                    </span>
                  ),
                },
                {
                  key: "q",
                  head: t("settings.column.queued"),
                  num: true,
                  wideOnly: true,
                  cell: (row) => <Ago at={row.queued_at} />,
                },
                {
                  key: "r",
                  head: "",
                  num: true,
                  cell: (row) =>
                    state === "dead" ? (
                      <ActionButton
                        size="small"
                        reason={may("outbox.write")}
                        loading={retry.isPending && retry.variables === row.id}
                        onClick={() => retry.mutate(row.id)}
                      >
                        {t("settings.outbox.retry")}
                      </ActionButton>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Answer>
    </Panel>
  );
}

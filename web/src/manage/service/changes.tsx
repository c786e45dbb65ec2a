// What was changed in the configuration of a service, its probes and its promises: what broke was often just changed.
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EventDrawer } from "@/analyze/figure/event-drawer";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { LedgerEvent } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { agreementQueries } from "@/manage/agreement/api";
import { useNames } from "@/manage/party/names";
import { probeQueries } from "@/observe/probe/api";
import { holds, useSession } from "@/shell/session";

const SHOWN = 5;
/** Its own definition, its probes and agreements: no more are asked for. */
const MOST_ASKED = 12;
/** One definition's versions; the API gives the oldest first. */
const MOST_VERSIONS = 200;

interface Put {
  kind: string;
  name: string;
  version: number;
}

function changesOf(id: string) {
  return {
    queryKey: ["definition", "changes", id],
    queryFn: async () => {
      const query = { subject_kind: "definition", subject_id: id, limit: MOST_VERSIONS };
      return rowsOf(await read(client.GET("/api/v1/events", { params: { query } }))) as unknown as LedgerEvent[];
    },
    staleTime: 60_000,
  };
}

export function RecentChanges({ service }: { service: string }) {
  const { t } = useText();
  const session = useSession();
  const name = useNames();
  const [event, setEvent] = useState<number | null>(null);
  const sees = holds(session, "event.read");
  const probes = useQuery({ ...probeQueries.all(), enabled: sees && holds(session, "probe.read") });
  const agreements = useQuery({ ...agreementQueries.all(), enabled: sees && holds(session, "service.read") });
  const ids = [
    service,
    ...(probes.data ?? []).filter((probe) => probe.service_id === service).map((probe) => probe.id),
    ...(agreements.data ?? [])
      .filter((agreement) => agreement.services.some((each) => each.id === service))
      .map((agreement) => agreement.id),
  ].slice(0, MOST_ASKED);
  const answers = useQueries({ queries: sees ? ids.map(changesOf) : [] });
  if (!sees) return null;
  const changes = answers
    .flatMap((answer) => answer.data ?? [])
    .sort((a, b) => b.seq - a.seq)
    .slice(0, SHOWN);
  if (changes.length === 0) return null;
  return (
    <Panel title={t("service.changes")}>
      <ul className="brief-list">
        {changes.map((change) => {
          const put = change.payload as unknown as Put;
          const who =
            change.actor.kind === "person" ? name(change.actor.id) : textOf(t, "incident.actor", change.actor.id);
          return (
            <li key={change.seq}>
              <span className="grow">
                <span className="clip" style={{ display: "block" }}>
                  {textOf(t, "service.changeOf", put.kind)}{" "}
                  <button type="button" className="link-button" onClick={() => setEvent(change.seq)}>
                    {put.name}
                  </button>{" "}
                  <span className="faint">v{put.version}</span>
                </span>
                <span className="faint">
                  <Ago at={change.occurred_at} /> · {who}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </Panel>
  );
}

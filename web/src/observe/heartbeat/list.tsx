import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import type { Heartbeat } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, SearchBox, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { serviceQueries } from "@/manage/service/api";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { useMay } from "@/shell/session";
import { AddressShown } from "./address";
import { heartbeatQueries } from "./api";
import { Spark } from "./spark";
import { State, schedule } from "./state";

const HeartbeatForm = lazy(() => import("./form"));
const EXAMPLE = `heartbeats:
  - name: nightly-backup
    service: shop
    cron: "30 2 * * *"
    zone: Asia/Shanghai
    grace_secs: 900`;
const STATES = ["all", "down", "late", "unknown", "new", "up", "paused"] as const;
const rank = (heartbeat: Heartbeat) => (STATES as readonly string[]).indexOf(heartbeat.state);

export default function HeartbeatList() {
  const { t, language } = useText();
  const { q, get, set } = useFilters();
  const may = useMay();
  const state = get("state") || "all";
  const heartbeats = useQuery(heartbeatQueries.all());
  const services = useQuery(serviceQueries.all());
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ url: string; cron: string | null } | null>(null);
  const serviceName = (id: string) => nameIn(language, services.data?.find((service) => service.id === id)?.display);
  return (
    <div className="page">
      <PageHead
        title={t("heartbeat.title")}
        sub={t("heartbeat.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("probe.write")}
            onClick={() => setMaking(true)}
          >
            {t("heartbeat.make")}
          </ActionButton>
        }
      />
      <div className="row-wrap">
        <SearchBox label={t("heartbeat.search")} value={q} set={(text) => set("q", text)} />
        <KindFilter
          label={t("heartbeat.column.state")}
          kinds={STATES}
          value={state}
          word={(kind) => (kind === "all" ? t("heartbeat.all") : t(`heartbeat.state.${kind}`))}
          count={(kind) => heartbeats.data?.filter((each) => kind === "all" || each.state === kind).length ?? null}
          set={(kind) => set("state", kind)}
        />
      </div>
      <section className="panel">
        <Answer of={heartbeats} bones={<TableBones rows={6} />}>
          {(all) => {
            const rows = all
              .filter(
                (each) =>
                  (state === "all" || each.state === state) &&
                  matches(`${each.name} ${serviceName(each.service_id)}`, q),
              )
              .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
            if (rows.length === 0)
              return all.length === 0 ? (
                <Empty title={t("heartbeat.empty")} text={t("heartbeat.emptyText")} example={EXAMPLE} />
              ) : (
                <Empty title={t("heartbeat.emptyFiltered")} />
              );
            return (
              <Table<Heartbeat>
                label={t("heartbeat.title")}
                rows={rows}
                to={(row) => path.heartbeat(row.id)}
                columns={[
                  {
                    key: "v",
                    head: t("heartbeat.column.state"),
                    width: 130,
                    cell: (row) => <State heartbeat={row} pill />,
                  },
                  {
                    key: "n",
                    head: t("heartbeat.column.name"),
                    cell: (row) => (
                      <>
                        <Link
                          className="title"
                          to={path.heartbeat(row.id)}
                          style={{ color: "var(--text)", fontWeight: 520 }}
                        >
                          {row.name}
                        </Link>
                        <div className="faint">{schedule(row, t, language)}</div>
                      </>
                    ),
                  },
                  {
                    key: "s",
                    head: t("heartbeat.column.service"),
                    wideOnly: true,
                    cell: (row) => <ServiceRef id={row.service_id} display={serviceName(row.service_id)} />,
                  },
                  {
                    key: "r",
                    head: t("heartbeat.column.runs"),
                    wideOnly: true,
                    cell: (row) => <Spark runs={row.runs} />,
                  },
                  {
                    key: "l",
                    head: t("heartbeat.column.last"),
                    num: true,
                    cell: (row) => (row.last_at ? <Ago at={row.last_at} /> : "—"),
                  },
                  {
                    key: "d",
                    head: t("heartbeat.column.due"),
                    num: true,
                    wideOnly: true,
                    cell: (row) => (row.due_at && row.state !== "down" ? <Ago at={row.due_at} /> : "—"),
                  },
                ]}
              />
            );
          }}
        </Answer>
      </section>
      <Suspense>
        {making && <HeartbeatForm open close={() => setMaking(false)} made={(url, cron) => setMade({ url, cron })} />}
      </Suspense>
      <AddressShown url={made?.url ?? null} cron={made?.cron ?? null} close={() => setMade(null)} />
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import type { Probe } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, SearchBox, useFilters } from "@/kit/filter";
import { millis, span } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { Table } from "@/kit/table";
import { Ago, Lasting } from "@/kit/time";
import { serviceQueries } from "@/manage/service/api";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { useMay } from "@/shell/session";
import { probeQueries } from "./api";
import { Vantages } from "./vantages";
import { Verdict } from "./verdict";

const ProbeEditor = lazy(() => import("./editor"));
const EXAMPLE = `probes:
  - name: shop-home
    service: shop
    http: { url: "http://127.0.0.1:8090/", expect_status: [200] }
    interval_secs: 5
    failures: 2`;
const VERDICTS = ["all", "down", "partial", "inconclusive", "up"] as const;
const RANK: Record<string, number> = { down: 0, partial: 1, inconclusive: 2, up: 3 };

export default function ProbeList() {
  const { t, language } = useText();
  const { q, get, set } = useFilters();
  const may = useMay();
  const [making, setMaking] = useState(false);
  const verdict = get("verdict") || "all";
  const probes = useQuery(probeQueries.all());
  const services = useQuery(serviceQueries.all());
  const serviceName = (id: string) => nameIn(language, services.data?.find((service) => service.id === id)?.display);
  return (
    <div className="page">
      <PageHead
        title={t("probe.title")}
        sub={t("probe.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("definition.write")}
            onClick={() => setMaking(true)}
          >
            {t("probe.new")}
          </ActionButton>
        }
      />
      {making && (
        <Suspense fallback={null}>
          <ProbeEditor close={() => setMaking(false)} />
        </Suspense>
      )}
      <div className="row-wrap">
        <SearchBox label={t("probe.search")} value={q} set={(text) => set("q", text)} />
        <KindFilter
          label={t("probe.column.verdict")}
          kinds={VERDICTS}
          value={verdict}
          word={(kind) => (kind === "all" ? t("probe.all") : t(`probe.verdict.${kind}`))}
          count={(kind) => probes.data?.filter((probe) => kind === "all" || probe.verdict === kind).length ?? null}
          set={(kind) => set("verdict", kind)}
        />
      </div>
      <Vantages />
      <section className="panel">
        <Answer of={probes} bones={<TableBones rows={6} />}>
          {(all) => {
            const rows = all
              .filter(
                (probe) =>
                  (verdict === "all" || probe.verdict === verdict) &&
                  matches(`${probe.name} ${probe.target} ${serviceName(probe.service_id)}`, q),
              )
              .sort((a, b) => (RANK[a.verdict] ?? 4) - (RANK[b.verdict] ?? 4) || a.name.localeCompare(b.name));
            if (rows.length === 0)
              return all.length === 0 ? (
                <Empty
                  title={t("probe.empty")}
                  text={t("probe.emptyText")}
                  example={EXAMPLE}
                  action={<Link to={path.settings("configuration")}>{t("probe.emptyAction")}</Link>}
                />
              ) : (
                <Empty title={t("probe.emptyFiltered")} />
              );
            return (
              <Table<Probe>
                label={t("probe.title")}
                rows={rows}
                to={(row) => path.probe(row.id)}
                columns={[
                  {
                    key: "v",
                    head: t("probe.column.verdict"),
                    width: 130,
                    cell: (row) => <Verdict probe={row} pill />,
                  },
                  {
                    key: "n",
                    head: t("probe.column.name"),
                    cell: (row) => (
                      <>
                        <Link
                          className="title"
                          to={path.probe(row.id)}
                          style={{ color: "var(--text)", fontWeight: 520 }}
                        >
                          {row.name}
                        </Link>
                        <div className="faint clip mono" style={{ maxWidth: 380 }}>
                          {row.target}
                        </div>
                      </>
                    ),
                  },
                  {
                    key: "s",
                    head: t("probe.column.service"),
                    wideOnly: true,
                    cell: (row) => <ServiceRef id={row.service_id} display={serviceName(row.service_id)} />,
                  },
                  {
                    key: "k",
                    head: t("probe.column.kind"),
                    wideOnly: true,
                    cell: (row) => <span className="tag">{textOf(t, "probe.kind", row.kind)}</span>,
                  },
                  {
                    key: "i",
                    head: t("probe.column.interval"),
                    num: true,
                    wideOnly: true,
                    cell: (row) => span(row.interval_secs, language),
                  },
                  {
                    key: "since",
                    head: t("probe.column.since"),
                    num: true,
                    wideOnly: true,
                    cell: (row) => (row.since ? <Lasting since={row.since} /> : "—"),
                  },
                  {
                    key: "l",
                    head: t("probe.column.latency"),
                    num: true,
                    cell: (row) => (row.last ? millis(row.last.duration_ms) : "—"),
                  },
                  {
                    key: "a",
                    head: t("probe.column.last"),
                    num: true,
                    wideOnly: true,
                    cell: (row) => (row.last ? <Ago at={row.last.at} /> : "—"),
                  },
                ]}
              />
            );
          }}
        </Answer>
      </section>
    </div>
  );
}

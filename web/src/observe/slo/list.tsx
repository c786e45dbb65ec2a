// Objectives, the worst first: what each promises, where it stands, what is left of its error budget.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Slo } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones, Trouble } from "@/kit/answer";
import { KindFilter, SearchBox, useFilters } from "@/kit/filter";
import { ratio } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { Table } from "@/kit/table";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { sloQueries } from "./api";
import { BudgetBar, ServiceOf, Standing } from "./parts";
import { STANDINGS, standingOf, worstFirst } from "./state";
import { windowWord } from "./words";
import "./slo.css";

const FLAG = "evenkeel serve --slos 'slos/*.yaml'";
const EXAMPLE = `apiVersion: openslo/v1
kind: SLO
metadata: { name: shop-answers, displayName: Answers of the shop }
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource: { type: Prometheus, spec: { query: 'sum(http_requests_total{status!~"5.."})' } }
        total:
          metricSource: { type: Prometheus, spec: { query: sum(http_requests_total) } }
  timeWindow: [ { duration: 30d, isRolling: true } ]
  budgetingMethod: Occurrences
  objectives: [ { target: 0.995 } ]`;

export default function SloList() {
  const { t, language } = useText();
  const { q, get, set } = useFilters();
  const state = get("state") || "all";
  const listing = useQuery(sloQueries.all());
  const all = listing.data?.slos ?? [];
  return (
    <div className="page">
      <PageHead title={t("slo.title")} sub={t("slo.sub")} />
      {listing.data?.trouble && (
        <Trouble title={t("slo.trouble.title")} text={t("slo.trouble.text")} detail={listing.data.trouble} />
      )}
      <div className="row-wrap">
        <SearchBox label={t("slo.search")} value={q} set={(text) => set("q", text)} />
        <KindFilter
          label={t("slo.column.state")}
          kinds={["all", ...STANDINGS]}
          value={state}
          word={(kind) => (kind === "all" ? t("slo.all") : t(`slo.standing.${kind}`))}
          count={(kind) =>
            listing.data ? all.filter((slo) => kind === "all" || standingOf(slo) === kind).length : null
          }
          set={(kind) => set("state", kind)}
        />
      </div>
      <section className="panel">
        <Answer of={listing} bones={<TableBones rows={5} />}>
          {({ slos }) =>
            slos.length === 0 ? (
              <Empty
                title={t("slo.empty.title")}
                text={t("slo.empty.text", { flag: FLAG, doc: `docs/${language}/slo.md` })}
                example={EXAMPLE}
              />
            ) : (
              <Rows
                slos={slos
                  .filter(
                    (slo) =>
                      (state === "all" || standingOf(slo) === state) &&
                      matches(`${slo.name} ${slo.display.zh} ${slo.display.en} ${slo.service}`, q),
                  )
                  .sort(worstFirst)}
              />
            )
          }
        </Answer>
      </section>
    </div>
  );
}

function Rows({ slos }: { slos: Slo[] }) {
  const { t, language } = useText();
  if (slos.length === 0) return <Empty compact title={t("slo.none")} />;
  return (
    <Table
      label={t("slo.title")}
      rows={slos.map((slo) => ({ ...slo, id: slo.name }))}
      to={(row) => path.slo(row.name)}
      columns={[
        {
          key: "s",
          head: t("slo.column.state"),
          width: 120,
          cell: (row) => <Standing slo={row} />,
        },
        {
          key: "n",
          head: t("slo.column.name"),
          cell: (row) => (
            <>
              <Link className="title" to={path.slo(row.name)} style={{ color: "var(--text)", fontWeight: 520 }}>
                {nameIn(language, row.display)}
              </Link>
              <div className="faint clip mono wide-only" style={{ maxWidth: 300 }}>
                {row.name}
              </div>
            </>
          ),
        },
        {
          key: "v",
          head: t("slo.column.service"),
          wideOnly: true,
          cell: (row) => <ServiceOf slo={row} />,
        },
        {
          key: "w",
          head: t("slo.column.window"),
          wideOnly: true,
          cell: (row) => windowWord(t, row, language),
        },
        { key: "t", head: t("slo.column.target"), num: true, wideOnly: true, cell: (row) => ratio(row.target, 4) },
        {
          key: "i",
          head: t("slo.column.sli"),
          num: true,
          wideOnly: true,
          cell: (row) => (row.sli ? ratio(row.sli.value, 3) : "—"),
        },
        { key: "b", head: t("slo.column.left"), width: "17%", cell: (row) => <BudgetBar slo={row} /> },
      ]}
    />
  );
}

// Where the series come from: which metrics, labels and pairs make the most of them, each a click from a query.
import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { Link, useSearchParams } from "react-router";
import { useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { bytes, number } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { path } from "@/path";
import { type Counted, metricQueries } from "./api";
import { pairQuery } from "./pair";
import "./cardinality.css";

export default function CardinalityPage() {
  const { t, language } = useText();
  const [search, setSearch] = useSearchParams();
  const limit = [10, 25, 100].includes(Number(search.get("top"))) ? Number(search.get("top")) : 10;
  const answer = useQuery(metricQueries.cardinality(limit));
  const n = (value: number) => number(value, language);
  return (
    <div className="page">
      <PageHead
        title={t("metric.cardinality.title")}
        sub={t("metric.cardinality.sub")}
        actions={
          <Segmented
            value={limit}
            aria-label={t("metric.cardinality.top")}
            onChange={(top) => setSearch(top === 10 ? {} : { top: String(top) }, { replace: true })}
            options={[10, 25, 100].map((top) => ({ value: top, label: t("metric.cardinality.topN", { n: top }) }))}
          />
        }
      />
      <Answer of={answer} bones={<PanelBones height={420} />}>
        {(data) => {
          const total = data.headStats.numSeries;
          if (total === 0)
            return (
              <section className="panel">
                <Empty title={t("metric.empty.title")} text={t("metric.empty.text")} />
              </section>
            );
          return (
            <>
              <dl className="counted-now">
                {(
                  [
                    ["series", n(total)],
                    ["pairs", n(data.headStats.numLabelPairs)],
                    ["chunks", n(data.headStats.chunkCount)],
                  ] as const
                ).map(([key, value]) => (
                  <div key={key} className="panel">
                    <dt>{t(`metric.cardinality.head.${key}`)}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
              <div className="counted-grid">
                <Top
                  title={t("metric.cardinality.metrics")}
                  hint={t("metric.cardinality.ofSeries")}
                  rows={data.seriesCountByMetricName}
                  total={total}
                  to={(row) => path.explorer([`count by (job, instance) (${row.name})`], { view: "table" })}
                  show={n}
                />
                <Top
                  title={t("metric.cardinality.pairs")}
                  hint={t("metric.cardinality.ofSeries")}
                  rows={data.seriesCountByLabelValuePair}
                  total={total}
                  to={(row) => path.explorer([pairQuery(row.name)], { view: "table" })}
                  show={n}
                />
                <Top
                  title={t("metric.cardinality.labels")}
                  hint={t("metric.cardinality.ofValues")}
                  rows={data.labelValueCountByLabelName}
                  to={(row) => path.explorer([`count by (${row.name}) ({${row.name}!=""})`], { view: "table" })}
                  show={n}
                />
                <Top
                  title={t("metric.cardinality.memory")}
                  hint={t("metric.cardinality.ofBytes")}
                  rows={data.memoryInBytesByLabelName}
                  to={(row) => path.explorer([`count by (${row.name}) ({${row.name}!=""})`], { view: "table" })}
                  show={bytes}
                />
              </div>
            </>
          );
        }}
      </Answer>
    </div>
  );
}

function Top({
  title,
  hint,
  rows,
  total,
  to,
  show,
}: {
  title: string;
  hint: string;
  rows: Counted[];
  total?: number;
  to: (row: Counted) => string;
  show: (value: number) => string;
}) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return (
    <Panel title={title} hint={hint} flush>
      <ul className="counted">
        {rows.map((row) => (
          <li key={row.name}>
            <i style={{ width: `${(row.value / most) * 100}%` }} aria-hidden="true" />
            <Link to={to(row)} className="mono clip grow" title={row.name}>
              {row.name}
            </Link>
            <span className="num">{show(row.value)}</span>
            {total !== undefined && <span className="num faint share">{Math.round((row.value / total) * 100)}%</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// Scrape targets: which are up, and of each that is not, why, in words.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { KindFilter, SearchBox, useFilters } from "@/kit/filter";
import { number } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status, type Tone } from "@/kit/status";
import { Ago } from "@/kit/time";
import { LabelSet } from "@/observe/metric/label-set";
import { inUnit } from "@/observe/metric/unit";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { type ActiveTarget, type DroppedTarget, type Health, sampleKey, type Targets, targetQueries } from "./api";
import { isNever, whyOf } from "./why";
import "./target.css";

const TONE: Record<Health, Tone> = { up: "good", down: "bad", unknown: "unknown" };
const RANK: Record<Health, number> = { down: 0, unknown: 1, up: 2 };
const STATES = ["all", "down", "up", "unknown", "dropped"] as const;
const DROPPED_MAX = 200;
const EXAMPLE = `scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["10.0.0.5:9100", "10.0.0.6:9100"]`;

export default function TargetList() {
  const { t } = useText();
  const { q, get, set } = useFilters();
  const state = get("state") || "all";
  const pool = get("pool");
  const [open, setOpen] = useState<ActiveTarget | null>(null);
  const targets = useQuery(targetQueries.all());
  const samples = useQuery(targetQueries.samples());
  // A server that cannot scrape yet has no such answer: that is an empty page, not a fault.
  const missing = targets.isError && asProblem(targets.error).status === 404;
  const data: Targets | undefined =
    targets.data ?? (missing ? { active: [], dropped: [], droppedCounts: {} } : undefined);
  const pools = [...new Set([...(data?.active ?? []), ...(data?.dropped ?? [])].map((each) => each.scrapePool))].sort();
  const count = (each: (typeof STATES)[number]) => {
    if (!data) return null;
    if (each === "all") return data.active.length;
    return each === "dropped"
      ? Object.values(data.droppedCounts ?? {}).reduce((sum, n) => sum + n, 0) || data.dropped.length
      : data.active.filter((target) => target.health === each).length;
  };
  return (
    <div className="page">
      <PageHead title={t("target.title")} sub={t("target.sub")} />
      <div className="row-wrap">
        <SearchBox label={t("target.search")} value={q} set={(text) => set("q", text)} />
        <KindFilter
          label={t("target.state")}
          kinds={STATES}
          value={state}
          word={(kind) => t(`target.health.${kind}`)}
          count={count}
          set={(kind) => set("state", kind)}
        />
        {pools.length > 1 && (
          <Select
            style={{ minWidth: 150 }}
            value={pool}
            aria-label={t("target.pool")}
            options={[
              { value: "", label: t("target.everyPool") },
              ...pools.map((each) => ({ value: each, label: each })),
            ]}
            onChange={(value) => set("pool", value)}
          />
        )}
      </div>
      {data ? (
        <Body data={data} q={q} state={state} pool={pool} samples={samples.data} show={setOpen} />
      ) : (
        <section className="panel">
          <Answer of={targets} bones={<TableBones rows={6} />}>
            {() => null}
          </Answer>
        </section>
      )}
      <Drawer
        open={open !== null}
        close={() => setOpen(null)}
        size={560}
        title={open ? `${open.scrapePool} · ${open.labels.instance ?? open.scrapeUrl}` : ""}
      >
        {open && <Detail target={open} samples={samples.data?.get(sampleKey(open.labels))} />}
      </Drawer>
    </div>
  );
}

function Body({
  data,
  q,
  state,
  pool,
  samples,
  show,
}: {
  data: Targets;
  q: string;
  state: string;
  pool: string;
  samples: Map<string, number> | undefined;
  show: (target: ActiveTarget) => void;
}) {
  const { t } = useText();
  if (data.active.length === 0 && data.dropped.length === 0)
    return (
      <section className="panel">
        <Empty title={t("target.empty.title")} text={t("target.empty.text")} example={EXAMPLE} />
      </section>
    );
  if (state === "dropped")
    return <Dropped rows={data.dropped.filter((row) => !pool || row.scrapePool === pool)} q={q} />;
  const rows = data.active.filter(
    (target) =>
      (state === "all" || target.health === state) &&
      (!pool || target.scrapePool === pool) &&
      matches(
        `${target.scrapePool} ${target.scrapeUrl} ${target.lastError} ${Object.values(target.labels).join(" ")}`,
        q,
      ),
  );
  if (rows.length === 0)
    return (
      <section className="panel">
        <Empty compact title={t("target.none")} />
      </section>
    );
  const byPool = new Map<string, ActiveTarget[]>();
  for (const target of rows) byPool.set(target.scrapePool, [...(byPool.get(target.scrapePool) ?? []), target]);
  // Pools with something down come first.
  const order = [...byPool].sort(
    ([a, x], [b, y]) =>
      Number(y.some((each) => each.health === "down")) - Number(x.some((each) => each.health === "down")) ||
      a.localeCompare(b),
  );
  return order.map(([name, targets]) => {
    const up = targets.filter((each) => each.health === "up").length;
    return (
      <Panel key={name} title={name} hint={t("target.upOf", { up, all: targets.length })} flush>
        <div className="table-wrap">
          <table className="table" aria-label={name}>
            <thead>
              <tr>
                <th scope="col" style={{ width: 110 }}>
                  {t("target.state")}
                </th>
                <th scope="col">{t("target.target")}</th>
                <th scope="col" className="num wide-only">
                  {t("target.last")}
                </th>
                <th scope="col" className="num wide-only">
                  {t("target.took")}
                </th>
                <th scope="col" className="num wide-only">
                  {t("target.samples")}
                </th>
              </tr>
            </thead>
            <tbody>
              {targets
                .toSorted((a, b) => RANK[a.health] - RANK[b.health] || a.scrapeUrl.localeCompare(b.scrapeUrl))
                .map((target) => (
                  <Row
                    key={`${target.scrapeUrl}${JSON.stringify(target.labels)}`}
                    target={target}
                    samples={samples?.get(sampleKey(target.labels))}
                    show={() => show(target)}
                  />
                ))}
            </tbody>
          </table>
        </div>
      </Panel>
    );
  });
}

function Row({ target, samples, show }: { target: ActiveTarget; samples: number | undefined; show: () => void }) {
  const { t, language } = useText();
  const never = isNever(target.lastScrape);
  return (
    <tr className="link" onClick={(event) => !(event.target as HTMLElement).closest("a,button") && show()}>
      <td>
        <Status tone={TONE[target.health]} word={t(`target.health.${target.health}`)} pill />
      </td>
      <td>
        <button type="button" className="target-url mono" onClick={show}>
          {target.scrapeUrl}
        </button>
        <div>
          <LabelSet labels={target.labels} without={["job"]} />
        </div>
        {target.lastError && (
          <p className="target-why">
            <b>{t(`target.why.${whyOf(target.lastError)}`)}</b> <span className="muted">{target.lastError}</span>
          </p>
        )}
      </td>
      <td className="num wide-only">{never ? "—" : <Ago at={target.lastScrape} />}</td>
      <td className="num wide-only">{never ? "—" : inUnit(target.lastScrapeDuration, "seconds", language)}</td>
      <td className="num wide-only">{samples === undefined ? "—" : number(samples, language)}</td>
    </tr>
  );
}

function Detail({ target, samples }: { target: ActiveTarget; samples: number | undefined }) {
  const { t, language } = useText();
  const selector = `{job=${JSON.stringify(target.labels.job ?? "")}, instance=${JSON.stringify(target.labels.instance ?? "")}}`;
  const never = isNever(target.lastScrape);
  return (
    <div className="stack">
      <div className="row-wrap">
        <Status tone={TONE[target.health]} word={t(`target.health.${target.health}`)} pill />
        <Link to={path.explorer([`up${selector}`])}>{t("target.history")}</Link>
        <Link to={path.explorer([`topk(20, count by (__name__) (${selector}))`], { view: "table" })}>
          {t("target.whatItSends")}
        </Link>
      </div>
      {target.lastError && (
        <div className="failure" role="note">
          <div>
            <h3>{t(`target.why.${whyOf(target.lastError)}`)}</h3>
            <p>{t(`target.remedy.${whyOf(target.lastError)}`)}</p>
            <div className="meta mono detail">{target.lastError}</div>
          </div>
        </div>
      )}
      <dl className="facts">
        <dt>{t("target.url")}</dt>
        <dd className="mono">{target.scrapeUrl}</dd>
        <dt>{t("target.last")}</dt>
        <dd>{never ? t("target.never") : <Ago at={target.lastScrape} />}</dd>
        <dt>{t("target.took")}</dt>
        <dd>
          {never ? "—" : inUnit(target.lastScrapeDuration, "seconds", language)}{" "}
          <span className="faint">{t("target.limit", { timeout: target.scrapeTimeout })}</span>
        </dd>
        <dt>{t("target.interval")}</dt>
        <dd>{target.scrapeInterval}</dd>
        <dt>{t("target.samples")}</dt>
        <dd>{samples === undefined ? "—" : number(samples, language)}</dd>
      </dl>
      <div>
        <h3 className="target-h">{t("target.after")}</h3>
        <LabelSet labels={target.labels} />
      </div>
      <div>
        <h3 className="target-h">{t("target.before")}</h3>
        <LabelSet labels={target.discoveredLabels} />
      </div>
    </div>
  );
}

function Dropped({ rows, q }: { rows: DroppedTarget[]; q: string }) {
  const { t } = useText();
  const found = rows.filter((row) =>
    matches(`${row.scrapePool} ${row.reason ?? ""} ${Object.values(row.discoveredLabels).join(" ")}`, q),
  );
  return (
    <Panel title={t("target.health.dropped")} hint={t("target.droppedHint")} flush>
      {found.length === 0 ? (
        <Empty compact title={t("target.none")} />
      ) : (
        <div className="table-wrap">
          <table className="table" aria-label={t("target.health.dropped")}>
            <thead>
              <tr>
                <th scope="col">{t("target.pool")}</th>
                <th scope="col">{t("target.before")}</th>
                <th scope="col">{t("target.dropped.why")}</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, DROPPED_MAX).map((row, index) => (
                <tr key={index}>
                  <td>{row.scrapePool}</td>
                  <td>
                    <LabelSet labels={row.discoveredLabels} />
                  </td>
                  <td>{row.reason ?? t("target.dropped.byRule")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.length > DROPPED_MAX && (
        <p className="cut-note faint">{t("target.dropped.more", { n: found.length - DROPPED_MAX })}</p>
      )}
    </Panel>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Suppression, SuppressionCount } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { number, shortInstant } from "@/kit/format";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { incidentNumber } from "@/manage/incident/words";
import { path } from "@/path";
import { suppressionQueries } from "./api";

const KINDS = ["all", "maintenance", "silence", "parent", "inhibition"] as const;

/** Every alert that was suppressed, with what became of it. */
export function Ledger() {
  const { t } = useText();
  const { get, set } = useFilters();
  const by = KINDS.find((kind) => kind === get("by")) ?? "all";
  const summary = useQuery(suppressionQueries.summary());
  const list = useQuery(suppressionQueries.list({ limit: 100, ...(by === "all" ? {} : { by }) }));
  return (
    <>
      {summary.data && <Summary counts={summary.data} />}
      <KindFilter
        label={t("suppression.by")}
        kinds={KINDS}
        value={by}
        word={(kind) => t(`suppression.kind.${kind}`)}
        count={(kind) => (kind === "all" ? null : (summary.data?.find((count) => count.by === kind)?.holding ?? null))}
        set={(kind) => set("by", kind)}
      />
      <section className="panel flush">
        <Answer of={list} bones={<TableBones rows={6} />}>
          {(page) => <Rows rows={page.items} />}
        </Answer>
      </section>
    </>
  );
}

function Summary({ counts }: { counts: SuppressionCount[] }) {
  const { t, language } = useText();
  const sum = (of: (count: SuppressionCount) => number) =>
    number(
      counts.reduce((all, count) => all + of(count), 0),
      language,
    );
  return (
    <section className="panel suppression-sums">
      <dl>
        <div>
          <dt>{t("suppression.pagesAvoided")}</dt>
          <dd>{sum((count) => count.pages_avoided)}</dd>
        </div>
        <div>
          <dt>{t("suppression.holding")}</dt>
          <dd>{sum((count) => count.holding)}</dd>
        </div>
        <div>
          <dt>{t("suppression.outcome.avoided")}</dt>
          <dd>{sum((count) => count.avoided)}</dd>
        </div>
        <div>
          <dt>{t("suppression.outcome.let_go")}</dt>
          <dd>{sum((count) => count.let_go)}</dd>
        </div>
      </dl>
      <p className="faint">{t("suppression.sumsNote")}</p>
    </section>
  );
}

function Rows({ rows }: { rows: Suppression[] }) {
  const { t, language } = useText();
  if (rows.length === 0) return <Empty compact title={t("suppression.ledgerEmpty")} />;
  const columns: Column<Suppression & { id: string }>[] = [
    {
      key: "outcome",
      head: t("suppression.state.label"),
      width: 120,
      cell: (row) => (
        <Status
          tone={row.outcome === "avoided" ? "good" : row.outcome === "let_go" ? "attention" : "active"}
          word={t(`suppression.outcome.${row.outcome ?? "held"}`)}
          pill
        />
      ),
    },
    {
      key: "alert",
      head: t("suppression.alert"),
      cell: (row) => (
        <>
          <Link to={path.service(row.service.id)}>{nameIn(language, row.service.display)}</Link>
          <p className="muted">{row.alert}</p>
        </>
      ),
    },
    {
      key: "by",
      head: t("suppression.by"),
      cell: (row) => (
        <>
          {t(`suppression.kind.${row.by.type}`)}
          <p className="muted">
            {row.by_name ? nameIn(language, row.by_name.display) : row.by.type === "inhibition" ? row.by.rule : ""}
          </p>
        </>
      ),
    },
    {
      key: "since",
      head: t("suppression.when"),
      wideOnly: true,
      cell: (row) => (
        <>
          <Ago at={row.since} />
          {row.ended_at ? (
            <p className="faint">{t("suppression.over", { at: shortInstant(row.ended_at) })}</p>
          ) : (
            row.until && <p className="faint">{t("suppression.until", { at: shortInstant(row.until) })}</p>
          )}
        </>
      ),
    },
    {
      key: "incident",
      head: t("suppression.became"),
      num: true,
      cell: (row) =>
        row.incident ? (
          <Link to={path.incident(row.incident.id)}>{incidentNumber(row.incident.number)}</Link>
        ) : row.outcome === "avoided" ? (
          t("suppression.avoidedPages", { n: row.pages_avoided })
        ) : (
          "—"
        ),
    },
  ];
  return (
    <Table
      label={t("suppression.view.ledger")}
      columns={columns}
      rows={rows.map((row) => ({ ...row, id: row.alert_id }))}
    />
  );
}

// The noise review: who was paged by what, how often for nothing, and what could page less.
import { useQuery } from "@tanstack/react-query";
import { Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import type { NoiseFigures, NoiseReview } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { useFilters } from "@/kit/filter";
import { number, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { noiseQueries, type Period } from "./api";
import { Rows } from "./rows";
import { Suggestions } from "./suggestions";
import "./noise.css";

const SPANS = [7, 28, 90] as const;
const VIEWS = ["sources", "teams", "people"] as const;

interface Row {
  id: string;
  name: string;
  sub: string;
  figures: NoiseFigures;
}

export default function NoisePage() {
  const { t } = useText();
  const { get, set } = useFilters();
  const days = Number(get("days")) || 28;
  const view = VIEWS.find((each) => each === get("view")) ?? "sources";
  const [opened, setOpened] = useState<Row | null>(null);
  const period: Period = useMemo(() => {
    // To the minute, so that the question stays the same for a while.
    const to = new Date(Math.ceil(Date.now() / 60_000) * 60_000);
    const from = new Date(to.getTime() - days * 86_400_000);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }, [days]);
  const review = useQuery(noiseQueries.review(period));
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.onCall(), label: t("onCall.title") }}
        title={t("noise.title")}
        sub={t("noise.sub")}
        actions={
          <Select
            aria-label={t("noise.period")}
            value={days}
            onChange={(value) => set("days", value === 28 ? "" : String(value))}
            options={SPANS.map((value) => ({ value, label: t("onCall.lastDays", { n: value }) }))}
          />
        }
      />
      <Answer of={review} bones={<TableBones rows={6} />}>
        {(data) => (
          <>
            <Total figures={data.total} />
            <Suggestions suggestions={data.suggestions} />
            <Panel
              flush
              title={t("noise.figures")}
              actions={
                <Segmented
                  size="small"
                  aria-label={t("noise.figures")}
                  value={view}
                  onChange={(each) => set("view", each === "sources" ? "" : each)}
                  options={VIEWS.map((each) => ({ value: each, label: t(`noise.view.${each}`) }))}
                />
              }
            >
              <Figures review={data} view={view} open={setOpened} />
            </Panel>
          </>
        )}
      </Answer>
      <Rows of={opened?.id ?? null} title={opened?.name ?? ""} period={period} close={() => setOpened(null)} />
    </div>
  );
}

function useRows(review: NoiseReview, view: (typeof VIEWS)[number]): Row[] {
  const { t, language } = useText();
  if (view === "teams")
    return review.teams.map((team) => ({
      id: team.id,
      name: nameIn(language, team.display),
      sub: team.zone,
      figures: team.figures,
    }));
  if (view === "people")
    return review.people.map((one) => ({ id: one.id, name: one.display || one.id, sub: "", figures: one.figures }));
  return review.sources.map((source) => ({
    id: source.key,
    name: source.name,
    sub: `${t(`noise.kind.${source.kind}`)} · ${nameIn(language, source.service)}`,
    figures: source.figures,
  }));
}

/** A share with its n; nothing decided is no share. */
function Share({ percent, part, of }: { percent: number | null; part: number; of: number }) {
  const { t, language } = useText();
  if (percent === null) return <span className="faint">{t("noise.none")}</span>;
  return (
    <span title={t("noise.ofN", { part, n: of })}>
      {number(Math.round(percent), language)} % <small className="faint">{t("noise.ofN", { part, n: of })}</small>
    </span>
  );
}

function Figures({
  review,
  view,
  open,
}: {
  review: NoiseReview;
  view: (typeof VIEWS)[number];
  open: (row: Row) => void;
}) {
  const { t, language } = useText();
  const rows = useRows(review, view);
  if (rows.length === 0) return <Empty compact title={t("noise.quiet")} text={t("noise.quietText")} />;
  const decided = (figures: NoiseFigures) => figures.incidents - figures.undecided;
  const columns: Column<Row>[] = [
    {
      key: "name",
      head: t(`noise.view.${view}`),
      cell: (row) => (
        <>
          <button type="button" className="link-button" onClick={() => open(row)}>
            {row.name}
          </button>
          <p className="faint">{row.sub}</p>
        </>
      ),
    },
    {
      key: "pages",
      head: t("noise.pages"),
      num: true,
      cell: (row) => (
        <span className="noise-pages">
          <Spark course={row.figures.course} />
          {number(row.figures.pages, language)}
        </span>
      ),
    },
    {
      key: "night",
      head: t("noise.nightPages"),
      num: true,
      wideOnly: true,
      cell: (row) => number(row.figures.night_pages, language),
    },
    {
      key: "incidents",
      head: t("noise.incidents"),
      num: true,
      wideOnly: true,
      cell: (row) => (
        <>
          {number(row.figures.incidents, language)}
          {row.figures.undecided > 0 && (
            <small className="faint"> {t("noise.undecidedN", { n: row.figures.undecided })}</small>
          )}
        </>
      ),
    },
    {
      key: "actionable",
      head: t("noise.actionable"),
      num: true,
      cell: (row) => (
        <Share percent={row.figures.actionable_percent} part={row.figures.actionable} of={decided(row.figures)} />
      ),
    },
    {
      key: "healed",
      head: t("noise.selfHealed"),
      num: true,
      wideOnly: true,
      cell: (row) => (
        <Share percent={row.figures.self_healed_percent} part={row.figures.self_healed} of={decided(row.figures)} />
      ),
    },
    {
      key: "ack",
      head: t("noise.ack"),
      num: true,
      wideOnly: true,
      cell: (row) =>
        row.figures.median_ack_secs === null || row.figures.p90_ack_secs === null ? (
          <span className="faint">{t("noise.none")}</span>
        ) : (
          <span title={t("noise.answeredN", { n: row.figures.answered, un: row.figures.unanswered })}>
            {span(row.figures.median_ack_secs, language)} / {span(row.figures.p90_ack_secs, language)}
          </span>
        ),
    },
  ];
  if (view === "sources")
    columns.push(
      {
        key: "flaps",
        head: t("noise.flaps"),
        num: true,
        wideOnly: true,
        cell: (row) => number(row.figures.flaps, language),
      },
      {
        key: "avoided",
        head: t("noise.avoided"),
        num: true,
        wideOnly: true,
        cell: (row) => number(row.figures.pages_avoided, language),
      },
    );
  return <Table label={t("noise.figures")} columns={columns} rows={rows} onRow={open} />;
}

function Total({ figures }: { figures: NoiseFigures }) {
  const { t, language } = useText();
  const decided = figures.incidents - figures.undecided;
  const cards: [string, string, string][] = [
    ["pages", number(figures.pages, language), t("noise.ofAlerts", { n: figures.alerts })],
    ["nightPages", number(figures.night_pages, language), t("noise.nightHelp")],
    [
      "actionable",
      figures.actionable_percent === null ? t("noise.none") : `${Math.round(figures.actionable_percent)} %`,
      t("noise.ofN", { part: figures.actionable, n: decided }),
    ],
    [
      "selfHealed",
      figures.self_healed_percent === null ? t("noise.none") : `${Math.round(figures.self_healed_percent)} %`,
      t("noise.ofN", { part: figures.self_healed, n: decided }),
    ],
    [
      "prompt",
      figures.prompt_percent === null ? t("noise.none") : `${Math.round(figures.prompt_percent)} %`,
      t("noise.answeredN", { n: figures.answered, un: figures.unanswered }),
    ],
  ];
  return (
    <dl className="noise-total">
      {cards.map(([key, value, note]) => (
        <div key={key} className="panel">
          <dt>{t(`noise.${key}`)}</dt>
          <dd>{value}</dd>
          <dd className="faint">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Pages over the period; its numbers stand beside it. */
function Spark({ course }: { course: number[] }) {
  const most = Math.max(...course, 1);
  return (
    <svg className="noise-spark" viewBox={`0 0 ${course.length * 3} 16`} aria-hidden="true" preserveAspectRatio="none">
      {course.map((value, place) => (
        <rect
          key={`${place}-${value}`}
          x={place * 3}
          width={2}
          y={16 - Math.max((value / most) * 16, 1)}
          height={Math.max((value / most) * 16, 1)}
        />
      ))}
    </svg>
  );
}

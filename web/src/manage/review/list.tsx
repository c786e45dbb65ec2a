// Post-incident reviews: what is owed by whom until when, and what was published.
import { useQuery } from "@tanstack/react-query";
import type { Review } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { reviewQueries } from "./api";
import { Due } from "./due";
import { reviewNumber, STATE_TONE } from "./words";

export default function Reviews() {
  const { t, language } = useText();
  const filters = useFilters();
  const state = filters.get("state") === "ended" ? "ended" : "open";
  const found = useQuery(reviewQueries.list(state));
  const columns: Column<Review>[] = [
    { key: "number", head: t("review.number"), width: 110, cell: (row) => reviewNumber(row.number) },
    {
      key: "incident",
      head: t("review.ofIncident"),
      cell: (row) => (
        <>
          <b>{row.incident.title || t("incident.erased")}</b>
          <p className="faint">
            INC-{row.incident.number} · {nameIn(language, row.service.display)}
          </p>
        </>
      ),
    },
    {
      key: "state",
      head: t("review.stands"),
      cell: (row) => <Status tone={STATE_TONE[row.state]} word={t(`review.state.${row.state}`)} pill />,
    },
    {
      key: "owner",
      head: t("review.owner"),
      cell: (row) => <PersonRef id={row.owner.id} display={row.owner.display} />,
    },
    { key: "due", head: t("review.dueHead"), cell: (row) => <Due review={row} /> },
  ];
  return (
    <div className="page">
      <PageHead title={t("review.reviews")} sub={t("review.sub")} />
      <KindFilter
        label={t("review.which")}
        kinds={["open", "ended"] as const}
        value={state}
        word={(kind) => t(`review.of.${kind}`)}
        count={(kind) => (kind === state ? (found.data?.items.length ?? null) : null)}
        set={(value) => filters.set("state", value)}
      />
      <section className="panel flush">
        <Answer of={found} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t("review.empty.title")} text={t("review.empty.text")} />
            ) : (
              <Table
                label={t("review.reviews")}
                columns={columns}
                rows={page.items}
                to={(row) => path.review(row.id)}
              />
            )
          }
        </Answer>
      </section>
    </div>
  );
}

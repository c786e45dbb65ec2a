// Releases: what is on its way to users, and what came of it.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import type { Release } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { shortInstant } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { releaseQueries } from "./api";
import { ReleaseStatus, StagesDone } from "./refs";
import { releaseNumber } from "./words";

const ReleaseForm = lazy(() => import("./form").then((part) => ({ default: part.ReleaseForm })));

export default function Releases() {
  const { t, language } = useText();
  const may = useMay();
  const filters = useFilters();
  const state = filters.get("state") === "ended" ? "ended" : "open";
  const releases = useQuery(releaseQueries.list(state));
  const [planning, setPlanning] = useState(false);
  const columns: Column<Release>[] = [
    { key: "number", head: t("release.number"), width: 110, cell: (row) => releaseNumber(row.number) },
    {
      key: "title",
      head: t("release.title"),
      cell: (row) => (
        <>
          <b>
            {row.name} {row.title || t("release.erased")}
          </b>
          <p className="faint">{row.services.map((each) => nameIn(language, each.display)).join(", ")}</p>
        </>
      ),
    },
    { key: "state", head: t("release.stands"), cell: (row) => <ReleaseStatus release={row} /> },
    { key: "stages", head: t("release.stages"), wideOnly: true, cell: (row) => <StagesDone release={row} /> },
    {
      key: "from",
      head: t("release.when"),
      wideOnly: true,
      cell: (row) => {
        const at = row.ended_at ?? row.started_at ?? row.from;
        return at ? (
          <time dateTime={at}>{shortInstant(at)}</time>
        ) : (
          <span className="faint">{t("release.noTime")}</span>
        );
      },
    },
  ];
  return (
    <div className="page">
      <PageHead
        title={t("release.releases")}
        sub={t("release.sub")}
        actions={
          <>
            <Link to={path.changeCalendar()}>{t("release.calendar")}</Link>
            <ActionButton
              type="primary"
              icon={<Plus size={15} />}
              reason={may("release.write")}
              onClick={() => setPlanning(true)}
            >
              {t("release.plan")}
            </ActionButton>
          </>
        }
      />
      <KindFilter
        label={t("release.which")}
        kinds={["open", "ended"] as const}
        value={state}
        word={(kind) => t(`release.of.${kind}`)}
        count={(kind) => (kind === state ? (releases.data?.items.length ?? null) : null)}
        set={(value) => filters.set("state", value)}
      />
      <section className="panel flush">
        <Answer of={releases} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t("release.empty.title")} text={t("release.empty.text")} />
            ) : (
              <Table
                label={t("release.releases")}
                columns={columns}
                rows={page.items}
                to={(row) => path.release(row.id)}
              />
            )
          }
        </Answer>
      </section>
      {planning && (
        <Suspense>
          <ReleaseForm close={() => setPlanning(false)} />
        </Suspense>
      )}
    </div>
  );
}

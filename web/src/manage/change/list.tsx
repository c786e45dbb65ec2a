// Changes: what is planned, what is decided, what came of it.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import type { Change } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { holds, useMay, useSession } from "@/shell/session";
import { changeQueries } from "./api";
import { ChangeStatus, RiskWord, WindowText } from "./refs";
import { changeNumber } from "./words";

const DraftForm = lazy(() => import("./draft-form").then((part) => ({ default: part.DraftForm })));

export default function Changes() {
  const { t, language } = useText();
  const may = useMay();
  const session = useSession();
  const filters = useFilters();
  const state = filters.get("state") === "ended" ? "ended" : "open";
  const changes = useQuery(changeQueries.list(state));
  const [drafting, setDrafting] = useState(false);
  const staff = holds(session, "incident.note_internal");
  const columns: Column<Change>[] = [
    { key: "number", head: t("change.number"), width: 110, cell: (row) => changeNumber(row.number) },
    {
      key: "title",
      head: t("change.title"),
      cell: (row) => (
        <>
          <b>{row.title || t("change.erased")}</b>
          <p className="faint">{row.services.map((each) => nameIn(language, each.display)).join(", ")}</p>
        </>
      ),
    },
    { key: "kind", head: t("change.kindHead"), wideOnly: true, cell: (row) => t(`change.kind.${row.kind}`) },
    { key: "window", head: t("change.window"), cell: (row) => <WindowText window={row.window} /> },
    { key: "state", head: t("change.stands"), cell: (row) => <ChangeStatus change={row} /> },
  ];
  if (staff)
    columns.push({
      key: "risk",
      head: t("change.riskHead"),
      wideOnly: true,
      cell: (row) => <RiskWord change={row} />,
    });
  return (
    <div className="page">
      <PageHead
        title={t("change.changes")}
        sub={t("change.sub")}
        actions={
          <>
            {staff && <Link to={path.changeAgenda()}>{t("change.agenda.title")}</Link>}
            <Link to={path.changeCalendar()}>{t("change.calendar.title")}</Link>
            {staff && <Link to={path.changeStatistics()}>{t("change.statistics.title")}</Link>}
            <ActionButton
              type="primary"
              icon={<Plus size={15} />}
              reason={may("change.write")}
              onClick={() => setDrafting(true)}
            >
              {t("change.draft")}
            </ActionButton>
          </>
        }
      />
      <KindFilter
        label={t("change.which")}
        kinds={["open", "ended"] as const}
        value={state}
        word={(kind) => t(`change.of.${kind}`)}
        count={(kind) => (kind === state ? (changes.data?.items.length ?? null) : null)}
        set={(value) => filters.set("state", value)}
      />
      <section className="panel flush">
        <Answer of={changes} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t("change.empty.title")} text={t("change.empty.text")} />
            ) : (
              <Table
                label={t("change.changes")}
                columns={columns}
                rows={page.items}
                to={(row) => path.change(row.id)}
              />
            )
          }
        </Answer>
      </section>
      {drafting && (
        <Suspense>
          <DraftForm close={() => setDrafting(false)} />
        </Suspense>
      )}
    </div>
  );
}

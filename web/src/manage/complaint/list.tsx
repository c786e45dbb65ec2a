// Complaints and grievances: what is open, and what was.
import { useQuery } from "@tanstack/react-query";
import type { Complaint, Grievance } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { complaintQueries, grievanceQueries } from "./api";
import { COMPLAINT_TONE, complaintNumber, GRIEVANCE_TONE, grievanceNumber } from "./words";

export default function Complaints() {
  const { t } = useText();
  const filters = useFilters();
  const kind = filters.get("kind") === "grievances" ? "grievances" : "complaints";
  const state = filters.get("state") === "ended" ? "ended" : "open";
  return (
    <div className="page">
      <PageHead title={t("complaint.title")} sub={t("complaint.sub")} />
      <KindFilter
        label={t("complaint.kind")}
        kinds={["complaints", "grievances"] as const}
        value={kind}
        word={(which) => t(`complaint.${which}`)}
        count={() => null}
        set={(value) => filters.set("kind", value)}
      />
      <KindFilter
        label={t("complaint.which")}
        kinds={["open", "ended"] as const}
        value={state}
        word={(which) => t(`complaint.of.${which}`)}
        count={() => null}
        set={(value) => filters.set("state", value)}
      />
      <section className="panel flush">
        {kind === "complaints" ? <Formal state={state} /> : <Heard state={state} />}
      </section>
    </div>
  );
}

function useColumns<R extends Complaint | Grievance>(): Column<R>[] {
  const { t, language } = useText();
  return [
    {
      key: "text",
      head: t("complaint.said"),
      cell: (row) => (
        <>
          <b className="complaint-line">{row.text ?? t("complaint.erased")}</b>
          <p className="faint">
            {[row.organisation, row.service].flatMap((of) => (of ? [nameIn(language, of.display)] : [])).join(" · ")}
          </p>
        </>
      ),
    },
    { key: "who", head: t("complaint.who"), wideOnly: true, cell: (row) => row.person?.display ?? "—" },
    { key: "at", head: t("complaint.touchpoint"), wideOnly: true, cell: (row) => t(`complaint.at.${row.touchpoint}`) },
  ];
}

function Formal({ state }: { state: "open" | "ended" }) {
  const { t } = useText();
  const list = useQuery(complaintQueries.list(state));
  const columns: Column<Complaint>[] = [
    { key: "number", head: t("complaint.number"), width: 110, cell: (row) => complaintNumber(row.number) },
    ...useColumns<Complaint>(),
    {
      key: "state",
      head: t("complaint.stands"),
      cell: (row) => <Status tone={COMPLAINT_TONE[row.state]} word={t(`complaint.step.${row.state}`)} pill />,
    },
    { key: "leader", head: t("complaint.leader"), wideOnly: true, cell: (row) => row.leader?.display ?? "—" },
    {
      key: "due",
      head: t("complaint.due"),
      wideOnly: true,
      cell: (row) => (row.due_at ? <Ago at={row.due_at} /> : "—"),
    },
  ];
  return (
    <Answer of={list} bones={<TableBones rows={3} />}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty title={t("complaint.none")} text={t("complaint.noneText")} />
        ) : (
          <Table
            label={t("complaint.complaints")}
            columns={columns}
            rows={page.items}
            to={(row) => path.complaint(row.id)}
          />
        )
      }
    </Answer>
  );
}

function Heard({ state }: { state: "open" | "ended" }) {
  const { t } = useText();
  const list = useQuery(grievanceQueries.list({ state }));
  const columns: Column<Grievance>[] = [
    { key: "number", head: t("complaint.number"), width: 110, cell: (row) => grievanceNumber(row.number) },
    ...useColumns<Grievance>(),
    {
      key: "state",
      head: t("complaint.stands"),
      cell: (row) => <Status tone={GRIEVANCE_TONE[row.state]} word={t(`complaint.step.${row.state}`)} pill />,
    },
    {
      key: "escalates",
      head: t("complaint.becomes"),
      wideOnly: true,
      cell: (row) => (row.escalates_at ? <Ago at={row.escalates_at} /> : "—"),
    },
  ];
  return (
    <Answer of={list} bones={<TableBones rows={3} />}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty title={t("complaint.noGrievances")} text={t("complaint.noGrievancesText")} />
        ) : (
          <Table
            label={t("complaint.grievances")}
            columns={columns}
            rows={page.items}
            to={(row) => path.grievance(row.id)}
          />
        )
      }
    </Answer>
  );
}

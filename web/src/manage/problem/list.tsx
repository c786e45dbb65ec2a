// Problems: what is looked into, and what deserves it.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Problem, ProblemProposal } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { problemQueries } from "./api";
import { problemNumber, STATE_TONE } from "./words";

const OpenForm = lazy(() => import("./open-form").then((part) => ({ default: part.OpenForm })));

/** What an open form begins with. */
export interface Begun {
  service?: string;
  title?: string;
  incidents?: string[];
}

export default function Problems() {
  const { t, language } = useText();
  const may = useMay();
  const filters = useFilters();
  const state = filters.get("state") === "ended" ? "ended" : "open";
  const problems = useQuery(problemQueries.list(state));
  const proposals = useQuery(problemQueries.proposals());
  const [begun, setBegun] = useState<Begun | null>(null);
  const columns: Column<Problem>[] = [
    { key: "number", head: t("problem.number"), width: 110, cell: (row) => problemNumber(row.number) },
    {
      key: "title",
      head: t("problem.title"),
      cell: (row) => (
        <>
          <b>{row.title || t("problem.erased")}</b>
          <p className="faint">{nameIn(language, row.service.display)}</p>
        </>
      ),
    },
    {
      key: "state",
      head: t("problem.stands"),
      cell: (row) => <Status tone={STATE_TONE[row.state]} word={t(`problem.state.${row.state}`)} pill />,
    },
    { key: "incidents", head: t("problem.incidents"), num: true, cell: (row) => row.incidents },
    { key: "recurrences", head: t("problem.recurrences"), num: true, wideOnly: true, cell: (row) => row.recurrences },
    {
      key: "owner",
      head: t("problem.owner"),
      wideOnly: true,
      cell: (row) => <PersonRef id={row.owner.id} display={row.owner.display} />,
    },
    { key: "opened", head: t("problem.openedAt"), wideOnly: true, cell: (row) => <Ago at={row.opened_at} /> },
  ];
  return (
    <div className="page">
      <PageHead
        title={t("problem.problems")}
        sub={t("problem.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("problem.write")}
            onClick={() => setBegun({})}
          >
            {t("problem.open")}
          </ActionButton>
        }
      />
      {proposals.data && proposals.data.length > 0 && <Proposals of={proposals.data} take={setBegun} />}
      <KindFilter
        label={t("problem.which")}
        kinds={["open", "ended"] as const}
        value={state}
        word={(kind) => t(`problem.of.${kind}`)}
        count={(kind) => (kind === state ? (problems.data?.items.length ?? null) : null)}
        set={(value) => filters.set("state", value)}
      />
      <section className="panel flush">
        <Answer of={problems} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t("problem.empty.title")} text={t("problem.empty.text")} />
            ) : (
              <Table
                label={t("problem.problems")}
                columns={columns}
                rows={page.items}
                to={(row) => path.problem(row.id)}
              />
            )
          }
        </Answer>
      </section>
      {begun && (
        <Suspense>
          <OpenForm begun={begun} close={() => setBegun(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** Trends: the same cause of the same service, and nobody looks into it. */
function Proposals({ of, take }: { of: ProblemProposal[]; take: (begun: Begun) => void }) {
  const { t, language } = useText();
  const may = useMay();
  const cause = (word: string) => t(`problem.cause.${word}`, { defaultValue: word });
  const columns: Column<ProblemProposal & { id: string }>[] = [
    {
      key: "what",
      head: t("problem.trend"),
      cell: (row) => (
        <>
          <b>{nameIn(language, row.service.display)}</b> · {cause(row.cause)}
        </>
      ),
    },
    { key: "count", head: t("problem.incidents"), num: true, cell: (row) => row.count },
    { key: "last", head: t("problem.last"), wideOnly: true, cell: (row) => <Ago at={row.last_at} /> },
    {
      key: "take",
      head: "",
      cell: (row) => (
        <ActionButton
          size="small"
          reason={may("problem.write")}
          onClick={() =>
            take({
              service: row.service.id,
              title: `${nameIn(language, row.service.display)}: ${cause(row.cause)}`,
              incidents: row.incidents,
            })
          }
        >
          {t("problem.lookInto")}
        </ActionButton>
      ),
    },
  ];
  return (
    <Panel title={t("problem.proposals")} hint={t("problem.proposalsHint")} flush>
      <Table
        label={t("problem.proposals")}
        columns={columns}
        rows={of.map((row) => ({ ...row, id: `${row.service.id} ${row.cause}` }))}
      />
    </Panel>
  );
}

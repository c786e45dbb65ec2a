// Requests as staff see them, and the tasks of one's teams.
import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import type { RequestItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { SearchBox, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { StatusFilter } from "@/manage/automation/status-filter";
import { path } from "@/path";
import { requestQueries } from "./api";
import { Next } from "./next";
import { RequestState } from "./state";
import { Tasks } from "./tasks";
import { requestNumber } from "./words";

const VIEWS = ["open", "tasks", "done", "all"] as const;
const STATES = { open: "open", done: "fulfilled,accepted,rejected,withdrawn", all: undefined, tasks: undefined };

export default function RequestQueue() {
  const { t } = useText();
  const { get, set, q } = useFilters();
  const view = VIEWS.find((each) => each === get("view")) ?? "open";
  return (
    <div className="page">
      <PageHead title={t("request.title")} sub={t("request.sub")} />
      <div className="kinds row-wrap">
        <Segmented
          value={view}
          aria-label={t("request.title")}
          options={VIEWS.map((each) => ({ value: each, label: t(`request.view.${each}`) }))}
          onChange={(each) => set("view", each === "open" ? "" : each)}
        />
        {view !== "tasks" && (
          <StatusFilter of="request" value={get("status")} set={(status) => set("status", status)} />
        )}
        {view !== "tasks" && <SearchBox label={t("request.search")} value={q} set={(text) => set("q", text)} />}
      </div>
      <section className="panel flush">
        {view === "tasks" ? <Tasks /> : <Rows state={STATES[view]} q={q} status={get("status")} />}
      </section>
    </div>
  );
}

function Rows({ state, q, status }: { state: string | undefined; q: string; status: string }) {
  const { t, language } = useText();
  const list = useQuery(
    requestQueries.list({
      limit: 100,
      ...(state ? { state } : {}),
      ...(q ? { q } : {}),
      ...(status ? { status } : {}),
    }),
  );
  const columns: Column<RequestItem>[] = [
    {
      key: "number",
      head: t("request.number"),
      width: 96,
      cell: (row) => <span className="num">{requestNumber(row.number)}</span>,
    },
    {
      key: "item",
      head: t("request.what"),
      cell: (row) => (
        <>
          <b>{nameIn(language, row.item)}</b>
          <p className="faint">
            {row.requester.display} · {nameIn(language, row.organisation.display)}
          </p>
        </>
      ),
    },
    {
      key: "state",
      head: t("request.stateHead"),
      cell: (row) => <RequestState of={row} />,
    },
    { key: "next", head: t("request.nextHead"), wideOnly: true, cell: (row) => <Next of={row} /> },
    {
      key: "due",
      head: t("request.due"),
      num: true,
      wideOnly: true,
      cell: (row) => (row.due_at ? <Ago at={row.due_at} /> : "—"),
    },
  ];
  return (
    <Answer of={list} bones={<TableBones rows={6} />}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty title={t("request.empty.title")} text={t("request.empty.text")} />
        ) : (
          <Table label={t("request.title")} columns={columns} rows={page.items} to={(row) => path.request(row.id)} />
        )
      }
    </Answer>
  );
}

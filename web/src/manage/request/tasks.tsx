// The tasks of one's teams: taken and finished where they stand.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";
import type { RequestTaskRow } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, FailureNote, TableBones } from "@/kit/answer";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { useAct } from "./act";
import { requestActs, requestQueries } from "./api";
import { requestNumber, TASK_TONE } from "./words";

export function Tasks() {
  const { t, language } = useText();
  const tasks = useQuery(requestQueries.tasks(""));
  const start = useAct(requestActs.start);
  const complete = useAct(requestActs.complete);
  const failed = start.error ?? complete.error;
  const columns: Column<RequestTaskRow>[] = [
    {
      key: "title",
      head: t("request.task"),
      cell: (row) => (
        <>
          <b>{nameIn(language, row.title)}</b>
          <p className="faint">
            <Link to={path.request(row.request_id)}>{requestNumber(row.number)}</Link> · {nameIn(language, row.item)} ·{" "}
            {row.requester.display}
          </p>
          {row.error && <p className="wrong">{row.error}</p>}
        </>
      ),
    },
    {
      key: "state",
      head: t("request.stateHead"),
      cell: (row) => (
        <>
          <Status tone={TASK_TONE[row.state]} word={t(`request.taskState.${row.state}`)} pill />
          <p className="faint">{row.person?.display ?? nameIn(language, row.team.display)}</p>
        </>
      ),
    },
    {
      key: "due",
      head: t("request.due"),
      num: true,
      wideOnly: true,
      cell: (row) => (row.due_at ? <Ago at={row.due_at} /> : "—"),
    },
    {
      key: "acts",
      head: "",
      cell: (row) =>
        row.state === "in_progress" && row.automated && !row.person ? (
          <span className="faint">{t("request.machine")}</span>
        ) : (
          <div className="row-wrap">
            {row.state !== "in_progress" && (
              <Button size="small" onClick={() => start.mutate([row.id])}>
                {t("request.take")}
              </Button>
            )}
            <Button size="small" type="primary" onClick={() => complete.mutate([row.id])}>
              {t("request.complete")}
            </Button>
          </div>
        ),
    },
  ];
  return (
    <>
      {failed && <FailureNote error={failed} />}
      <Answer of={tasks} bones={<TableBones rows={4} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty compact title={t("request.noTasks")} />
          ) : (
            <Table label={t("request.view.tasks")} columns={columns} rows={page.items} />
          )
        }
      </Answer>
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { CirclePlus } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { reportQueries, STATE_TONE } from "./api";
import { NewReport } from "./new-report";
import { periodText } from "./period";

export default function ReportList() {
  const { t, language } = useText();
  const may = useMay();
  const reports = useQuery(reportQueries.all());
  const [making, setMaking] = useState(false);
  const make = (
    <ActionButton
      type="primary"
      icon={<CirclePlus size={15} />}
      reason={may("report.write")}
      onClick={() => setMaking(true)}
    >
      {t("report.make")}
    </ActionButton>
  );
  return (
    <div className="page">
      <PageHead title={t("report.title")} sub={t("report.sub")} actions={make} />
      <section className="panel">
        <Answer of={reports} bones={<TableBones rows={5} />}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={t("report.empty")} text={t("report.emptyText")} action={make} />
            ) : (
              <Table
                label={t("report.title")}
                rows={rows}
                to={(row) => path.report(row.id)}
                columns={[
                  {
                    key: "n",
                    head: t("report.column.number"),
                    width: 96,
                    cell: (row) => <Link to={path.report(row.id)}>SR-{row.number}</Link>,
                  },
                  {
                    key: "t",
                    head: t("report.column.title"),
                    cell: (row) => (
                      <>
                        <b style={{ fontWeight: 540 }}>{nameIn(language, row.title)}</b>
                        {row.version > 1 && (
                          <span className="tag" style={{ marginLeft: 8 }}>
                            {t("report.version", { n: row.version })}
                          </span>
                        )}
                        {row.restates && (
                          <span className="tag" style={{ marginLeft: 6 }}>
                            {t("report.restatement")}
                          </span>
                        )}
                      </>
                    ),
                  },
                  {
                    key: "c",
                    head: t("report.column.customer"),
                    wideOnly: true,
                    cell: (row) =>
                      nameIn(language, row.customer?.display) || <span className="faint">{t("report.internal")}</span>,
                  },
                  {
                    key: "p",
                    head: t("report.column.period"),
                    wideOnly: true,
                    cell: (row) => periodText(row.from, row.to, row.zone),
                  },
                  {
                    key: "s",
                    head: t("report.column.state"),
                    cell: (row) => <Status tone={STATE_TONE[row.state]} word={t(`report.state.${row.state}`)} pill />,
                  },
                  {
                    key: "a",
                    head: t("report.column.made"),
                    num: true,
                    wideOnly: true,
                    cell: (row) => <Ago at={row.created_at} />,
                  },
                ]}
              />
            )
          }
        </Answer>
      </section>
      <NewReport open={making} close={() => setMaking(false)} />
    </div>
  );
}

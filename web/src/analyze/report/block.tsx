// What is computed in a section: figures, tables, charts, the 345 timeline of a fault.
import type { Cell, Fault, Figure, Report, ReportFault, ReportSection, ReportTable } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { figureValue, instant, shortInstant } from "@/kit/format";
import { Status } from "@/kit/status";
import { IncidentRef } from "@/manage/incident/refs";
import { FaultTrack } from "../fault/track";
import { FigureCard } from "../figure/figure";
import { ReportChartView } from "./chart";

/** The section that lists what earlier versions said otherwise. */
const RESTATEMENTS = "restatements";

export function Computed({
  section,
  report,
  open,
  footnote,
}: {
  section: ReportSection;
  report: Report;
  open: (figure: Figure) => void;
  footnote: (figure: Figure) => number;
}) {
  const { t } = useText();
  if (section.id === RESTATEMENTS && section.tables.length === 0 && section.figures.length === 0)
    return <p className="faint">{t("report.noDifference")}</p>;
  return (
    <>
      {section.figures.length > 0 && (
        <div className="report-figures">
          {section.figures.map((figure) => (
            <div key={figure.id} className="report-figure">
              <FigureCard figure={figure} open={() => open(figure)} />
              <sup>
                <a href={`#note-${footnote(figure)}`}>{footnote(figure)}</a>
              </sup>
            </div>
          ))}
        </div>
      )}
      {section.charts.map((chart) => (
        <ReportChartView key={chart.id} chart={chart} from={report.from} to={report.to} />
      ))}
      {section.timelines.map((fault) => (
        <FaultView key={fault.incident_id} fault={fault} />
      ))}
      {section.tables.map((table) => (
        <TableView key={table.id} table={table} report={report} />
      ))}
    </>
  );
}

function FaultView({ fault }: { fault: ReportFault }) {
  const { language } = useText();
  return (
    <div className="report-fault">
      <p>
        <IncidentRef id={fault.incident_id} number={fault.number} /> {fault.title}{" "}
        <span className="faint">
          P{fault.priority} · {nameIn(language, fault.service)}
        </span>
      </p>
      <FaultTrack
        open={false}
        fault={{
          moments: fault.moments as Fault["moments"],
          durations: fault.durations,
          total_secs: fault.total_secs,
          others: [],
          actions: fault.actions.map((action) => ({ ...action, owner: null })),
        }}
      />
    </div>
  );
}

function TableView({ table, report }: { table: ReportTable; report: Report }) {
  const { t, language } = useText();
  return (
    <figure>
      <figcaption style={{ margin: "6px 0 4px" }}>
        <b>{nameIn(language, table.title)}</b>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls sideways, by the keyboard too */}
      <section className="table-wrap report-table" aria-label={nameIn(language, table.title)} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column.key} className={column.align === "right" ? "num" : ""}>
                  {nameIn(language, column.title)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td
                    key={table.columns[column]?.key ?? column}
                    className={table.columns[column]?.align === "right" ? "num" : ""}
                  >
                    <CellView cell={cell} report={report} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.rows.length === 0 && (
        <p className="faint" style={{ padding: "8px 0" }}>
          {t("report.noRows")}
        </p>
      )}
      {table.more > 0 && <p className="faint">{t("report.moreRows", { count: table.more })}</p>}
    </figure>
  );
}

function CellView({ cell, report }: { cell: Cell; report: Report }) {
  const { t, language } = useText();
  switch (cell.type) {
    case "words":
      return nameIn(language, cell);
    case "number":
      return cell.value === null ? "—" : figureValue(cell.value, cell.unit, language);
    case "instant":
      return cell.at ? (
        <time dateTime={cell.at} title={instant(cell.at, language, report.zone)}>
          {shortInstant(cell.at, report.zone)}
        </time>
      ) : (
        "—"
      );
    case "met":
      return cell.met === null ? (
        "—"
      ) : (
        <Status tone={cell.met ? "good" : "bad"} word={t(cell.met ? "figure.met" : "figure.missed")} />
      );
    case "incident":
      return (
        <>
          <IncidentRef id={cell.id} number={cell.number} /> {cell.title}
        </>
      );
  }
}

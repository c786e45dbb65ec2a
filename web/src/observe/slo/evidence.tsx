// What a figure of an objective is made of: formula with its numbers, edges, query and hash, stretches, sealed rows.
import { Tabs } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { EventDrawer } from "@/analyze/figure/event-drawer";
import { EventLinks } from "@/analyze/figure/event-links";
import type { SliState, SloDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant, ratio, shortInstant, span } from "@/kit/format";
import { Status } from "@/kit/status";
import { sliTone } from "@/manage/service/words";
import { path } from "@/path";
import { counted } from "./words";

export const FIGURES = ["sli", "remaining", "spent", "unknown"] as const;
export type Figure = (typeof FIGURES)[number];
/** Rows of a table at first; the worst of them matter. */
const ROWS_MAX = 200;
const AROUND_MS = 600_000;

export function EvidenceDrawer({ slo, figure, close }: { slo: SloDetail; figure: Figure | null; close: () => void }) {
  const { t } = useText();
  return (
    <Drawer open={figure !== null} close={close} size={760} title={figure ? t(`slo.figure.${figure}`) : ""}>
      {figure && <Body slo={slo} figure={figure} />}
    </Drawer>
  );
}

/** The formula behind a figure, with names and with numbers. */
export function formulaOf(slo: SloDetail, figure: Figure): { formula: string; filled: string } {
  switch (figure) {
    case "sli":
      return slo.sli_formula;
    case "remaining":
      return slo.remaining_formula;
    case "spent":
      return slo.allowed_formula;
    case "unknown":
      return { formula: "unobserved minutes / minutes so far", filled: ratio(slo.unknown_share, 3) };
  }
}

function Body({ slo, figure }: { slo: SloDetail; figure: Figure }) {
  const { t, language } = useText();
  const [event, setEvent] = useState<number | null>(null);
  const { formula, filled } = formulaOf(slo, figure);
  const state = figure === "unknown" ? "unknown" : "bad";
  const of = (wanted: SliState) => slo.intervals.filter((part) => part.state === wanted);
  return (
    <div className="stack">
      <div className="formula">
        {formula}
        <div className="worked">{filled}</div>
      </div>
      <dl className="facts">
        <dt>{t("slo.part.numerator")}</dt>
        <dd>{counted(t, slo, slo.numerator, language)}</dd>
        <dt>{t("slo.part.denominator")}</dt>
        <dd>{counted(t, slo, slo.denominator, language)}</dd>
        <dt>{t("slo.part.unknown")}</dt>
        <dd>{ratio(slo.unknown_share, 2)}</dd>
        <dt>{t("slo.part.edges")}</dt>
        <dd>
          {instant(slo.from, language)} – {instant(slo.to, language)}
        </dd>
        <dt>{t("slo.part.until")}</dt>
        <dd>{instant(slo.until, language)}</dd>
        {slo.definition && (
          <>
            <dt>{t("slo.part.query")}</dt>
            <dd className="mono">{slo.definition.query}</dd>
            <dt>SHA-256</dt>
            <dd className="mono faint">{slo.definition.query_hash}</dd>
          </>
        )}
      </dl>
      <Tabs
        size="small"
        defaultActiveKey={state}
        items={[
          ...(["bad", "unknown", "good"] as const).map((each) => ({
            key: each,
            label: `${t(`slo.state.${each}`)} ${of(each).length}`,
            children: <Intervals slo={slo} parts={of(each)} />,
          })),
          {
            key: "sealed",
            label: `${t("slo.sealed.title")} ${slo.sealed.length}`,
            children: <Sealed slo={slo} open={setEvent} />,
          },
        ]}
      />
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </div>
  );
}

/** The stretch with something on both sides, as the explorer has it in its address. */
const around = ({ from, to }: SloDetail["intervals"][number]) => ({
  from: String(Date.parse(from) - AROUND_MS),
  to: String(Date.parse(to) + AROUND_MS),
});

function Intervals({ slo, parts }: { slo: SloDetail; parts: SloDetail["intervals"] }) {
  const { t, language } = useText();
  if (parts.length === 0) return <Empty compact title={t("slo.interval.none")} />;
  const newest = parts.toReversed().slice(0, ROWS_MAX);
  const asked = slo.definition?.written[0]?.asked;
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("slo.interval.when")}</th>
            <th scope="col" className="num">
              {t("slo.interval.lasted")}
            </th>
            <th scope="col" className="num">
              {t("slo.interval.bad")}
            </th>
            <th scope="col" className="num">
              {t("slo.part.denominator")}
            </th>
          </tr>
        </thead>
        <tbody>
          {newest.map((part) => (
            <tr key={part.from}>
              <td>
                {asked ? (
                  <Link to={path.explorer([asked], around(part))}>
                    {shortInstant(part.from)} – {shortInstant(part.to)}
                  </Link>
                ) : (
                  `${shortInstant(part.from)} – ${shortInstant(part.to)}`
                )}
              </td>
              <td className="num">{span((Date.parse(part.to) - Date.parse(part.from)) / 1000, language)}</td>
              <td className="num">{counted(t, slo, Math.max(0, part.denominator - part.numerator), language)}</td>
              <td className="num">{counted(t, slo, part.denominator, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {parts.length > ROWS_MAX && <p className="faint cut">{t("slo.cut", { n: parts.length - ROWS_MAX })}</p>}
    </div>
  );
}

function Sealed({ slo, open }: { slo: SloDetail; open: (seq: number) => void }) {
  const { t } = useText();
  if (slo.sealed.length === 0)
    return <Empty compact title={t(slo.slice_mins === null ? "slo.sealed.events" : "slo.sealed.none")} />;
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("slo.column.state")}</th>
            <th scope="col">{t("slo.interval.when")}</th>
            <th scope="col">{t("slo.sealed.hash")}</th>
            <th scope="col">{t("slo.sealed.event")}</th>
          </tr>
        </thead>
        <tbody>
          {slo.sealed.slice(0, ROWS_MAX).map((row) => (
            <tr key={row.seq}>
              <td>
                <Status tone={sliTone(row.state)} word={t(`slo.state.${row.state}`)} />
              </td>
              <td>
                {shortInstant(row.from)} – {shortInstant(row.to)}
              </td>
              <td className="mono faint" title={row.query_hash}>
                {row.query_hash.slice(0, 12)}…
              </td>
              <td>
                <EventLinks seqs={[row.seq]} open={open} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

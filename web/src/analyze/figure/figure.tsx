// A number opens to its rows: the same card on boards and in reports, the same drawer behind it.
import { useQuery } from "@tanstack/react-query";
import { Tabs, Tooltip } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { Evidence, EvidenceRow, Figure } from "@/api/types";
import { type Language, nameIn, textOf, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { figureValue, instant, number, span } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { path } from "@/path";
import { type FigurePlace, figureQueries } from "./api";
import { detailText } from "./detail";
import { EventDrawer } from "./event-drawer";
import { EventLinks } from "./event-links";
import "./figure.css";

export function toneOf(figure: Figure): Tone {
  if (figure.value === null || figure.met === null || figure.target === null) return "unknown";
  return figure.met ? "good" : "bad";
}

export function FigureCard({ figure, open }: { figure: Figure; open: () => void }) {
  const { t, language } = useText();
  const tone = toneOf(figure);
  const bounds = figure.low !== null && figure.high !== null && figure.low !== figure.high;
  const share = figure.value !== null && figure.target ? barShare(figure) : null;
  return (
    <button type="button" className="figure-card" onClick={open}>
      <span className="name">
        <span className="clip">
          {nameIn(language, figure.name)}
          {figure.about && <span className="faint"> · {nameIn(language, figure.about)}</span>}
        </span>
        {figure.target !== null && figure.value !== null && (
          <Status tone={tone} word={t(figure.met ? "figure.met" : "figure.missed")} />
        )}
      </span>
      {figure.value === null ? (
        <span className="value none">{t("figure.noValue")}</span>
      ) : (
        <span className="value">{figureValue(figure.value, figure.unit, language)}</span>
      )}
      {share && (
        <span className={`goal-bar is-${tone}`} aria-hidden="true">
          <i style={{ width: `${share.value}%` }} />
          <b style={{ left: `${share.target}%` }} />
        </span>
      )}
      <span className="foot">
        {figure.target !== null && (
          <span>{t("figure.target", { value: figureValue(figure.target, figure.unit, language) })}</span>
        )}
        <span>{t("figure.n", { n: counted(figure, figure.n, language) })}</span>
        {figure.unknown > 0 && (
          <span className="unknown-part">{t("figure.unknown", { n: counted(figure, figure.unknown, language) })}</span>
        )}
        {bounds && (
          <span className="unknown-part">
            {figureValue(figure.low ?? 0, figure.unit, language)}–{figureValue(figure.high ?? 0, figure.unit, language)}
          </span>
        )}
      </span>
    </button>
  );
}

const SHARES_OF_TIME = new Set(["availability", "downtime", "outages", "mtbf", "mtrs", "probe_success"]);
/** What n counts: things, or seconds for shares of time. */
export function counted(figure: Pick<Figure, "definition">, n: number, language: Language): string {
  return SHARES_OF_TIME.has(figure.definition) ? span(n, language) : number(n, language);
}

/** A value far below its goal is still seen: an empty bar would read as no value. */
const LEAST_PERCENT = 1.5;

/** Positions on the goal bar. Near-whole shares are stretched: what matters happens between 95 % and 100 %. */
export function barShare(figure: Pick<Figure, "value" | "target" | "unit">): { value: number; target: number } | null {
  const { value, target } = figure;
  if (value === null || target === null) return null;
  const clamp = (x: number) => Math.max(LEAST_PERCENT, Math.min(100, x));
  if (figure.unit === "ratio" || figure.unit === "percent") {
    const whole = figure.unit === "ratio" ? 1 : 100;
    const floor = target >= 0.95 * whole ? Math.min(target - (whole - target) * 2, value) : 0;
    const scale = (x: number) => clamp(((x - floor) / (whole - floor)) * 100);
    return { value: scale(value), target: scale(target) };
  }
  const most = Math.max(value, target) * 1.15 || 1;
  return { value: clamp((value / most) * 100), target: clamp((target / most) * 100) };
}

export function EvidenceDrawer({
  figure,
  place,
  close,
}: {
  figure: Figure | null;
  place: FigurePlace;
  close: () => void;
}) {
  const { language } = useText();
  return (
    <Drawer
      open={figure !== null}
      close={close}
      size={820}
      title={
        figure ? `${nameIn(language, figure.name)}${figure.about ? ` · ${nameIn(language, figure.about)}` : ""}` : ""
      }
    >
      {figure && <EvidenceAnswer figure={figure} place={place} />}
    </Drawer>
  );
}

function EvidenceAnswer({ figure, place }: { figure: Figure; place: FigurePlace }) {
  const evidence = useQuery(figureQueries.evidence(figure.id, place));
  return (
    <Answer of={evidence} bones={<PanelBones height={360} />}>
      {(data) => <EvidenceView evidence={data} />}
    </Answer>
  );
}

export function EvidenceView({ evidence }: { evidence: Evidence }) {
  const { t, language } = useText();
  const [event, setEvent] = useState<number | null>(null);
  const { figure, definition } = evidence;
  const tabs = (["numerator", "denominator", "unknown", "excluded"] as const)
    .filter((part) => part === "numerator" || part === "denominator" || evidence[part].length > 0)
    .map((part) => ({
      key: part,
      label: `${t(`figure.part.${part}`)} ${evidence[part].length}`,
      children: <Rows rows={evidence[part]} open={setEvent} />,
    }));
  return (
    <div className="stack">
      <div className="row-wrap" style={{ justifyContent: "space-between" }}>
        <span className="evidence-value">
          {figure.value === null ? t("figure.noValue") : figureValue(figure.value, figure.unit, language)}
        </span>
        {figure.target !== null && (
          <Status
            pill
            tone={toneOf(figure)}
            word={`${t(figure.met ? "figure.met" : "figure.missed")} · ${t("figure.target", { value: figureValue(figure.target, figure.unit, language) })}`}
          />
        )}
      </div>
      <div className="formula">
        {nameIn(language, definition.formula)}
        <div className="worked">{nameIn(language, evidence.worked)}</div>
      </div>
      <dl className="facts">
        <dt>{t("figure.population")}</dt>
        <dd>{nameIn(language, definition.population)}</dd>
        <dt>{t("figure.period")}</dt>
        <dd>
          {instant(figure.from, language)} – {instant(figure.to, language)}
        </dd>
        <dt>{t("figure.count")}</dt>
        <dd>
          {t("figure.n", { n: counted(figure, figure.n, language) })} ·{" "}
          {t("figure.unknown", { n: counted(figure, figure.unknown, language) })}
          {figure.low !== null && figure.high !== null && figure.low !== figure.high && (
            <span className="faint">
              {" "}
              ·{" "}
              {t("figure.bounds", {
                low: figureValue(figure.low, figure.unit, language),
                high: figureValue(figure.high, figure.unit, language),
              })}
            </span>
          )}
        </dd>
        <dt>{t("figure.definition")}</dt>
        <dd>
          <code>{definition.id}</code> v{definition.version}
        </dd>
        <dt>{t("figure.position")}</dt>
        <dd>
          #{figure.position} ·{" "}
          <Tooltip title={figure.input_hash}>
            <code className="faint">{figure.input_hash.slice(0, 16)}…</code>
          </Tooltip>
        </dd>
      </dl>
      {figure.by.length > 0 && (
        <div className="row-wrap">
          {figure.by.map((part) => (
            <span key={part.key} className="tag">
              {nameIn(language, part.label)}{" "}
              <b style={{ color: "var(--text)" }}>
                {part.value === null ? "—" : figureValue(part.value, figure.unit, language)}
              </b>{" "}
              <span className="faint">n={counted(figure, part.n, language)}</span>
            </span>
          ))}
        </div>
      )}
      <Tabs size="small" items={tabs} />
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </div>
  );
}

function Rows({ rows, open }: { rows: EvidenceRow[]; open: (seq: number) => void }) {
  const { t, language } = useText();
  const detailOf = (detail: string) => detailText(detail, t, language);
  // A stretch is labelled by its state.
  const labelOf = (label: string) => textOf(t, "figure.detail", label);
  if (rows.length === 0) return <Empty compact title={t("figure.noRows")} />;
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th>{t("figure.row.what")}</th>
            <th className="num">{t("figure.row.value")}</th>
            <th>{t("figure.row.events")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                {row.incident_id ? (
                  <Link to={path.incident(row.incident_id)}>{labelOf(row.label)}</Link>
                ) : row.service_id ? (
                  <Link to={path.service(row.service_id)}>{labelOf(row.label)}</Link>
                ) : (
                  labelOf(row.label)
                )}
                {(row.detail || row.calendar) && (
                  <div className="faint" style={{ fontSize: "0.93em" }}>
                    {detailOf(row.detail)}
                    {row.calendar && ` · ${t("figure.row.calendar", { name: row.calendar })}`}
                  </div>
                )}
              </td>
              <td className="num" style={{ whiteSpace: "nowrap" }}>
                {row.value === null ? (
                  <span className="faint">{t("figure.noValue")}</span>
                ) : (
                  figureValue(row.value, row.unit, language)
                )}
              </td>
              <td>
                <EventLinks seqs={row.event_seqs} open={open} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The evidence drawer of whichever figure was asked for last. */
export function useEvidence(place: FigurePlace): [open: (figure: Figure) => void, drawer: React.ReactNode] {
  const [figure, setFigure] = useState<Figure | null>(null);
  return [setFigure, <EvidenceDrawer key="evidence" figure={figure} place={place} close={() => setFigure(null)} />];
}

export function leverText(t: (key: string) => string, code: string): string {
  return textOf(t, "figure.lever", code);
}

// One objective: its figures and what they are made of, the budget over the window with incidents laid over it, burn rates.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { SloDetail } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, Bone, Empty, PanelBones } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { instant, ratio, shortInstant, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { IncidentRef, PriorityBadge } from "@/manage/incident/refs";
import { IntervalStrip, StripKeys } from "@/manage/service/strip";
import { path } from "@/path";
import { sloQueries } from "./api";
import { BurnChart } from "./burn-chart";
import { EvidenceDrawer, FIGURES, type Figure, formulaOf } from "./evidence";
import { ServiceOf, Standing } from "./parts";
import { Rates } from "./rates";
import { standingOf, TONES } from "./state";
import { counted, windowWord } from "./words";
import "@/analyze/figure/figure.css";
import "./slo.css";

export default function SloPage() {
  const { name = "" } = useParams();
  const slo = useQuery(sloQueries.one(name));
  return (
    <Answer
      of={slo}
      bones={
        <div className="page">
          <Bone w="30%" h={26} />
          <PanelBones height={120} />
          <PanelBones height={320} />
        </div>
      }
    >
      {(data) => <Detail slo={data} />}
    </Answer>
  );
}

function Detail({ slo }: { slo: SloDetail }) {
  const { t, language } = useText();
  const [figure, setFigure] = useState<Figure | null>(null);
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.slos(), label: t("slo.title") }}
        title={nameIn(language, slo.display)}
        sub={
          <span className="row-wrap">
            <Standing slo={slo} />
            <ServiceOf slo={slo} />
            <span>
              {t("slo.column.target")} {ratio(slo.target, 4)}
            </span>
            <span>{windowWord(t, slo, language)}</span>
            <span className="faint mono wide-only">{slo.name}</span>
          </span>
        }
      />
      {slo.description && <p className="muted slo-about">{slo.description}</p>}
      {slo.error && (
        <p className="slo-error is-attention" role="note">
          <Status tone="attention" word={t("slo.unanswered")} /> <span className="mono">{slo.error}</span>
        </p>
      )}
      <Figures slo={slo} open={setFigure} />
      <Panel
        title={t("slo.curve.title")}
        hint={
          <span className="wide-only">
            {shortInstant(slo.from)} – {shortInstant(slo.to)}
          </span>
        }
      >
        <BurnChart slo={slo} />
        <div className="slo-strip">
          <IntervalStrip
            intervals={slo.intervals}
            from={slo.from}
            to={slo.to}
            word={(state) => textOf(t, "slo.state", state)}
          />
        </div>
        <div className="row-wrap strip-foot">
          <StripKeys states={["good", "bad", "unknown"]} word={(state) => textOf(t, "slo.state", state)} />
          <span className="faint">
            {t("slo.part.until")} <Ago at={slo.until} />
          </span>
        </div>
      </Panel>
      <Panel title={t("slo.rate.title")} hint={<span className="wide-only">{t("slo.rate.hint")}</span>} flush>
        <Rates slo={slo} />
      </Panel>
      <div className="slo-halves">
        <Panel title={t("slo.incident.title")} flush>
          <Incidents slo={slo} />
        </Panel>
        {slo.definition && (
          <Panel
            title={t("slo.definition.title")}
            hint={<span className="mono">{`${slo.definition.file}:${slo.definition.line}`}</span>}
            actions={<CopyButton text={slo.definition.text} />}
          >
            <ul className="slo-queries">
              {slo.definition.written.map((query) => (
                <li key={query.part}>
                  <span className="faint">{t(`slo.query.${query.part}`)}</span>
                  <Link className="mono" to={path.explorer([query.asked])}>
                    {query.asked}
                  </Link>
                </li>
              ))}
            </ul>
            <pre className="payload">{slo.definition.text.trim()}</pre>
          </Panel>
        )}
      </div>
      <EvidenceDrawer slo={slo} figure={figure} close={() => setFigure(null)} />
    </div>
  );
}

function Figures({ slo, open }: { slo: SloDetail; open: (figure: Figure) => void }) {
  const { t, language } = useText();
  const value: Record<Figure, string> = {
    sli: slo.sli ? ratio(slo.sli.value, 3) : "—",
    remaining: slo.sli ? ratio(slo.remaining.value, 1) : "—",
    spent: counted(t, slo, slo.spent, language),
    unknown: ratio(slo.unknown_share, 1),
  };
  const sliceWord =
    slo.slice_mins === null ? "" : ` · ${t("slo.slice", { span: span(slo.slice_mins * 60, language) })}`;
  const bounds = (of: { low: number; high: number } | null) =>
    of && of.low !== of.high ? t("slo.bounds", { low: ratio(of.low, 1), high: ratio(of.high, 1) }) : "";
  const foot: Record<Figure, string> = {
    sli: bounds(slo.sli),
    remaining: bounds(slo.remaining),
    spent: t("slo.allowed", { amount: counted(t, slo, slo.allowed, language) }) + sliceWord,
    unknown: span((slo.unknown_share * (Date.parse(slo.until) - Date.parse(slo.from))) / 1000, language),
  };
  return (
    <section className="panel slo-figures" aria-label={t("slo.figures")}>
      {FIGURES.map((figure) => (
        <button key={figure} type="button" className="figure-card" onClick={() => open(figure)}>
          <span className="name">{t(`slo.figure.${figure}`)}</span>
          <span className={`value${figure === "remaining" ? ` is-${TONES[standingOf(slo)]}` : ""}`}>
            {value[figure]}
          </span>
          <span className="foot">
            <span className="mono clip">{formulaOf(slo, figure).formula}</span>
            {foot[figure] && <span className={figure === "spent" ? "" : "unknown-part"}>{foot[figure]}</span>}
          </span>
        </button>
      ))}
    </section>
  );
}

function Incidents({ slo }: { slo: SloDetail }) {
  const { t, language } = useText();
  if (slo.incidents.length === 0) return <Empty compact title={t("slo.incident.none")} />;
  return (
    <div className="table-wrap">
      <table className="table" aria-label={t("slo.incident.title")}>
        <tbody>
          {slo.incidents.toReversed().map((incident) => (
            <tr key={incident.id}>
              <td style={{ width: 44 }}>
                <PriorityBadge priority={incident.priority} />
              </td>
              <td>
                <IncidentRef id={incident.id} number={incident.number} />
              </td>
              <td title={instant(incident.from, language)}>{shortInstant(incident.from)}</td>
              <td className="num">
                {incident.to ? (
                  span((Date.parse(incident.to) - Date.parse(incident.from)) / 1000, language)
                ) : (
                  <Status tone="active" word={t("slo.incident.open")} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

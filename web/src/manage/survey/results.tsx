// What surveys come to. Every number opens to the answers behind it, and to those that are missing.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo, useState } from "react";
import type { Survey, SurveyFigures, SurveyGroup, SurveyResults } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead, Panel } from "@/kit/panel";
import { Answers, type Wanted } from "./answers";
import { type Of, surveyQueries } from "./api";
import "./survey.css";

const DAYS = ["30", "90", "365"] as const;

export default function Surveys() {
  const { t } = useText();
  const all = useQuery(surveyQueries.all());
  const filters = useFilters();
  const days = DAYS.find((each) => each === filters.get("days")) ?? "90";
  return (
    <div className="page">
      <PageHead title={t("survey.title")} sub={t("survey.sub")} />
      <KindFilter
        label={t("survey.period")}
        kinds={DAYS}
        value={days}
        word={(each) => t("survey.days", { n: each })}
        count={() => null}
        set={(value) => filters.set("days", value)}
      />
      <Answer of={all} bones={<PanelBones height={240} />}>
        {(surveys) =>
          surveys.length === 0 ? (
            <Empty title={t("survey.none")} text={t("survey.noneText")} />
          ) : (
            <div className="stack">
              {surveys.map((survey) => (
                <One key={survey.id} survey={survey} days={Number(days)} />
              ))}
            </div>
          )
        }
      </Answer>
    </div>
  );
}

function One({ survey, days }: { survey: Survey; days: number }) {
  const { t, language } = useText();
  // The end of the hour, so that one key holds for a while.
  const period = useMemo(() => {
    const to = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
    return { from: new Date(to - days * 86_400_000).toISOString(), to: new Date(to).toISOString() };
  }, [days]);
  const results = useQuery(surveyQueries.results(survey.id, period));
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const sides =
    survey.by && survey.about
      ? t("survey.sides", { by: nameIn(language, survey.by), about: nameIn(language, survey.about) })
      : t(`survey.after.${survey.trigger}`);
  return (
    <Panel title={nameIn(language, survey.display)} hint={sides}>
      <p className="muted">{nameIn(language, survey.question)}</p>
      <Answer of={results} bones={<PanelBones height={160} />}>
        {(found) => <Figures of={found} period={period} open={setWanted} />}
      </Answer>
      <Drawer
        open={wanted !== null}
        close={() => setWanted(null)}
        size={640}
        title={`${nameIn(language, survey.display)} · ${wanted ? t(`survey.count.${wanted.what}`) : ""}`}
      >
        {wanted && <Answers survey={survey} wanted={wanted} />}
      </Drawer>
    </Panel>
  );
}

const STATES = {
  sent: "sent,answered,declined,expired",
  answered: "answered",
  unanswered: "sent,expired",
  declined: "declined",
  undelivered: "undelivered",
} as const;

function Figures({ of, period, open }: { of: SurveyResults; period: Of; open: (wanted: Wanted) => void }) {
  const { t } = useText();
  const groups: [string, "service" | "organisation" | "team", SurveyGroup[]][] = [
    [t("survey.byService"), "service", of.services],
    [t("survey.byOrganisation"), "organisation", of.organisations],
    [t("survey.byTeam"), "team", of.teams],
  ];
  return (
    <>
      <Row of={of.figures} period={period} open={open} />
      <Scores of={of.figures} period={period} open={open} />
      {groups.map(
        ([head, key, rows]) =>
          rows.length > 0 && (
            <details key={key} className="survey-groups">
              <summary>{head}</summary>
              {rows.map((row) => (
                <Group key={row.of.id} row={row} period={{ ...period, [key]: row.of.id }} open={open} />
              ))}
            </details>
          ),
      )}
    </>
  );
}

function Group({ row, period, open }: { row: SurveyGroup; period: Of; open: (wanted: Wanted) => void }) {
  const { language } = useText();
  return (
    <section aria-label={nameIn(language, row.of.display)}>
      <h3>{nameIn(language, row.of.display)}</h3>
      <Row of={row.figures} period={period} open={open} />
    </section>
  );
}

function Row({ of, period, open }: { of: SurveyFigures; period: Of; open: (wanted: Wanted) => void }) {
  const { t } = useText();
  const mean = of.mean === null ? "—" : of.mean.toFixed(2);
  return (
    <dl className="survey-figures">
      {(["sent", "answered", "unanswered", "declined", "undelivered"] as const).map((what) => (
        <div key={what}>
          <dt>{t(`survey.count.${what}`)}</dt>
          <dd>
            <Button type="link" onClick={() => open({ what, query: { ...period, state: STATES[what] } })}>
              {of[what]}
            </Button>
          </dd>
        </div>
      ))}
      <div>
        <dt>{t("survey.mean", { n: of.answered })}</dt>
        <dd>
          <Button type="link" onClick={() => open({ what: "answered", query: { ...period, state: "answered" } })}>
            {mean}
          </Button>
        </dd>
      </div>
      {of.csat_percent !== null && (
        <div>
          <dt>{t("survey.csat", { n: of.answered })}</dt>
          <dd className="num">{of.csat_percent.toFixed(1)} %</dd>
        </div>
      )}
      {of.nps !== null && (
        <div>
          <dt>{t("survey.nps", { n: of.answered })}</dt>
          <dd className="num">{of.nps.toFixed(0)}</dd>
        </div>
      )}
    </dl>
  );
}

function Scores({ of, period, open }: { of: SurveyFigures; period: Of; open: (wanted: Wanted) => void }) {
  const { t } = useText();
  if (of.answered === 0) return <p className="muted">{t("survey.nobody")}</p>;
  return (
    <ul className="survey-bars" aria-label={t("survey.scores")}>
      {of.scores.map((each) => (
        <li key={each.score}>
          <span className="num">{each.score}</span>
          <span className="survey-bar" style={{ inlineSize: `${(100 * each.n) / of.answered}%` }} aria-hidden="true" />
          <Button
            type="link"
            size="small"
            disabled={each.n === 0}
            onClick={() => open({ what: "answered", query: { ...period, state: "answered", score: each.score } })}
          >
            {each.n}
          </Button>
        </li>
      ))}
    </ul>
  );
}

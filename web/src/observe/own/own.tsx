import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { Link } from "react-router";
import type { Own, OwnCheck } from "@/api/types";
import { type Language, textOf, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { number, ratio, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status, type Tone } from "@/kit/status";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { sloQueries } from "../slo/api";
import { BudgetBar, Standing } from "../slo/parts";
import { ownQuery } from "./api";
import { GROUPS } from "./groups";
import "./own.css";

const TONES: Record<OwnCheck["state"], Tone> = { good: "good", bad: "bad", unknown: "unknown" };

function shown(value: number, unit: OwnCheck["unit"], language: Language): string {
  if (unit === "seconds") return span(value, language);
  if (unit === "hours") return span(value * 3600, language);
  return unit === "ratio" ? ratio(value, 1) : number(value, language);
}

/** Evenkeel itself: its workers, queues, disk and clock, what it promises of itself, and who is told when it falls silent. */
export default function OwnPage() {
  const { t } = useText();
  const own = useQuery(ownQuery());
  return (
    <div className="page">
      <PageHead title={t("own.title")} sub={t("own.sub")} />
      <Answer of={own} bones={<PanelBones height={300} />}>
        {(data) => <Shown own={data} />}
      </Answer>
    </div>
  );
}

function Shown({ own }: { own: Own }) {
  const { t } = useText();
  const bad = own.checks.filter((check) => check.state === "bad").length;
  return (
    <>
      {!own.service_id && <Alert type="warning" showIcon title={t("own.nobody")} description={t("own.nobodyText")} />}
      <div className="row-wrap">
        <Status
          tone={own.at === null ? "unknown" : bad > 0 ? "bad" : "good"}
          word={own.at === null ? t("own.notYet") : bad > 0 ? t("own.bad", { n: bad }) : t("own.good")}
          pill
        />
        {own.at && (
          <span className="faint">
            <Ago at={own.at} />
          </span>
        )}
      </div>
      <div className="own-groups">
        {Object.entries(GROUPS).map(([group, subjects]) => (
          <Panel key={group} title={t(`own.group.${group}`)} flush>
            <ul className="own-checks">
              {own.checks
                .filter((check) => subjects.includes(check.subject))
                .map((check) => (
                  <Check key={check.subject} check={check} />
                ))}
            </ul>
          </Panel>
        ))}
        <Beat own={own} />
        <Promises />
      </div>
    </>
  );
}

function Check({ check }: { check: OwnCheck }) {
  const { t, language } = useText();
  const limit = shown(check.limit, check.unit, language);
  const least = check.unit === "ratio" || check.unit === "hours";
  return (
    <li>
      <Status tone={TONES[check.state]} word={t(`own.state.${check.state}`)} />
      <span className="grow">
        <Link to={path.explorer([check.metric])}>{t(`own.subject.${check.subject}`)}</Link>
        <small className="faint">{t(least ? "own.atLeast" : "own.atMost", { limit })}</small>
      </span>
      <b className="num">{check.value === null ? "—" : shown(check.value, check.unit, language)}</b>
    </li>
  );
}

function Beat({ own: { beat, beats } }: { own: Own }) {
  const { t, language } = useText();
  return (
    <Panel title={t("own.beat")}>
      {!beats ? (
        <p className="muted">{t("own.noBeat")}</p>
      ) : beat === null ? (
        <Status tone="unknown" word={t("own.notYet")} />
      ) : (
        <div className="stack" style={{ gap: 8 }}>
          <Status
            tone={beat.error ? "bad" : beat.wrong.length > 0 ? "attention" : "good"}
            word={
              beat.error
                ? t("own.beatRefused", { error: beat.error })
                : t(beat.wrong.length > 0 ? "own.beatWrong" : "own.beatWell")
            }
          />
          {beat.wrong.length > 0 && <p>{beat.wrong.map((subject) => textOf(t, "own.subject", subject)).join(", ")}</p>}
          <p className="faint">
            {t("own.beatEvery", { span: span(beat.every_secs, language) })} · <Ago at={beat.at} />
          </p>
        </div>
      )}
    </Panel>
  );
}

function Promises() {
  const { t, language } = useText();
  const slos = useQuery(sloQueries.all());
  const own = slos.data?.slos.filter((slo) => slo.service === "evenkeel") ?? [];
  if (own.length === 0) return null;
  return (
    <Panel title={t("own.promises")} flush>
      <ul className="own-checks">
        {own.map((slo) => (
          <li key={slo.name}>
            <Standing slo={slo} pill={false} />
            <span className="grow">
              <Link to={path.slo(slo.name)}>{slo.display[language]}</Link>
              <small className="faint">{t("own.target", { target: ratio(slo.target, 2) })}</small>
            </span>
            <BudgetBar slo={slo} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// The roll-out, a card a stage: what must hold, and what was measured since it began beside it.
import { Button } from "antd";
import type { ReleaseDetail, ReleaseStage, ReleaseStageAct } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { ratio, shortInstant } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { IncidentRef } from "@/manage/incident/refs";
import type { ReleaseAct } from "./api";
import { StagesDone } from "./refs";
import { STAGE_TONE } from "./words";

export function Board({ release, ask }: { release: ReleaseDetail; ask: (act: ReleaseAct) => void }) {
  const { t, language } = useText();
  return (
    <Panel title={t("release.rollOut")} hint={<StagesDone release={release} />}>
      {release.stages.length === 0 ? (
        <Empty compact title={t("release.stage.none")} text={t("release.stage.noneText")} />
      ) : (
        <ol className="release-board" aria-label={t("release.stages")}>
          {release.stages.map((stage) => (
            <Stage key={stage.stage} stage={stage} rolling={release.state === "rolling_out"} ask={ask} />
          ))}
        </ol>
      )}
      {release.budgets.map((budget) => (
        <p key={budget.service.id} className="faint">
          {t("release.budget", { service: nameIn(language, budget.service.display), left: ratio(budget.left, 1) })}
        </p>
      ))}
    </Panel>
  );
}

function Stage({ stage, rolling, ask }: { stage: ReleaseStage; rolling: boolean; ask: (act: ReleaseAct) => void }) {
  const { t } = useText();
  const under = rolling && (stage.state === "running" || stage.state === "halted");
  return (
    <li className={`release-stage is-${stage.state}`} aria-current={under ? "step" : undefined}>
      <h3>
        {stage.stage}. {stage.name ?? t("release.erased")}
      </h3>
      <div className="row-wrap">
        <Status tone={STAGE_TONE[stage.state]} word={t(`release.stage.state.${stage.state}`)} />
        {stage.target && <span className="tag">{stage.target}</span>}
      </div>
      {stage.from && stage.to && stage.state === "waiting" && (
        <p className="num">
          <time dateTime={stage.from}>{shortInstant(stage.from)}</time> –{" "}
          <time dateTime={stage.to}>{shortInstant(stage.to)}</time>
        </p>
      )}
      {stage.began_at && (
        <p className="faint">
          {t("release.stage.began")} <Ago at={stage.began_at} />
        </p>
      )}
      {stage.ended_at && (
        <p className="faint">
          {t("release.stage.ended")} <Ago at={stage.ended_at} />
        </p>
      )}
      {under && stage.state === "running" && stage.watched_until && stage.watch_mins > 0 && (
        <p>{t("release.stage.watchedUntil", { at: shortInstant(stage.watched_until) })}</p>
      )}
      {stage.state === "waiting" && stage.watch_mins > 0 && (
        <p className="faint">{t("release.stage.watch", { n: stage.watch_mins })}</p>
      )}
      {stage.gate && (
        <p>
          <b>{t("release.stage.gate")}</b> {stage.gate}
        </p>
      )}
      {under &&
        (stage.incidents.length === 0 ? (
          <Status tone="good" word={t("release.stage.noIncidents")} />
        ) : (
          <>
            <Status tone="bad" word={t("release.stage.incidents", { n: stage.incidents.length })} />
            <ul className="ticket-list">
              {stage.incidents.map((incident) => (
                <li key={incident.id}>
                  <IncidentRef id={incident.id} number={incident.number} /> {incident.title}
                </li>
              ))}
            </ul>
          </>
        ))}
      {stage.allowed.length > 0 && (
        <div className="row-wrap">
          {(stage.allowed as ReleaseStageAct[]).map((act, place) => (
            <Button
              key={act}
              size="small"
              type={place === 0 ? "primary" : "default"}
              aria-label={t("release.stage.doing", { act: t(`release.act.${act}`), stage: stage.stage })}
              onClick={() => ask({ what: act, stage: stage.stage })}
            >
              {t(`release.act.${act}`)}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}

// One change: where it stands, how risky it is and why, what it collides with, who voted, how it is done and undone.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import type { ChangeDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { InLine } from "@/manage/desk/in-line";
import { IncidentRef, StateWord } from "@/manage/incident/refs";
import { PersonRef } from "@/manage/party/refs";
import { CarriedBy } from "@/manage/release/change-panel";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { holds, useMay, useSession } from "@/shell/session";
import { type ChangeStep, changeQueries } from "./api";
import { Conflicts } from "./conflicts";
import { ChangeStatus, RiskReasons, RiskWord, WindowText } from "./refs";
import type { Asked } from "./step-dialog";
import { changeNumber } from "./words";

const StepDialog = lazy(() => import("./step-dialog").then((part) => ({ default: part.StepDialog })));
const DraftForm = lazy(() => import("./draft-form").then((part) => ({ default: part.DraftForm })));

/** The whole way, so that one sees what is left of it. */
const TRACK = ["draft", "assess", "authorise", "scheduled", "implementing", "verifying", "review", "closed"] as const;

/** What one mostly does next stands first. */
const ORDER: ChangeStep[] = ["submit", "start", "finish", "review", "close", "assess", "move", "edit", "cancel"];

export default function ChangePage() {
  const { id = "" } = useParams();
  const change = useQuery(changeQueries.one(id));
  if (change.error instanceof Refusal && change.error.status === 404) return <Missing />;
  return (
    <Answer
      of={change}
      bones={
        <div className="page">
          <Bone w="40%" h={26} />
          <PanelBones height={200} />
        </div>
      }
    >
      {(found) => <Detail change={found} />}
    </Answer>
  );
}

function Detail({ change }: { change: ChangeDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const session = useSession();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [editing, setEditing] = useState(false);
  const steps = ORDER.filter((step) => change.allowed.includes(step));
  const here = TRACK.indexOf(change.state as (typeof TRACK)[number]);
  return (
    <div className="page">
      <InLine id={change.id} />
      <PageHead
        crumb={{ to: path.changes(), label: t("change.changes") }}
        title={
          <>
            <span className="faint">{changeNumber(change.number)}</span> {change.title || t("change.erased")}
          </>
        }
        sub={
          <span className="row-wrap">
            <ChangeStatus change={change} />
            <span>{t(`change.kind.${change.kind}`)}</span>
            {change.services.map((each) => (
              <ServiceRef key={each.id} id={each.id} display={each.display}>
                {nameIn(language, each.display)}
              </ServiceRef>
            ))}
            <WindowText window={change.window} />
            {change.author && <PersonRef id={change.author.id} display={change.author.display} />}
          </span>
        }
        actions={steps.map((step, place) => (
          <Button
            key={step}
            type={place === 0 ? "primary" : "default"}
            onClick={() => (step === "edit" ? setEditing(true) : setAsked({ what: step }))}
          >
            {t(`change.step.${step}`)}
          </Button>
        ))}
      />
      {change.overdue && change.authorised !== true && <p className="change-warning">{t("change.overdue")}</p>}
      {change.due_at && change.authorised === null && !change.overdue && (
        <p className="muted">
          {t("change.due")} <Ago at={change.due_at} />
        </p>
      )}
      {change.state !== "cancelled" && (
        <ol className="ticket-track" aria-label={t("change.way")}>
          {TRACK.map((state, place) => (
            <li key={state} aria-current={place === here ? "step" : undefined} className={place <= here ? "past" : ""}>
              {t(`change.state.${state}`)}
            </li>
          ))}
        </ol>
      )}
      {change.author && (
        <div className="ticket-grid">
          <div className="stack">
            <Panel title={t("change.conflicts")}>
              <Conflicts change={change} reason={may("change.authorise")} take={setAsked} />
            </Panel>
            {(["implementation", "back_out", "test"] as const).map((plan) => (
              <Panel key={plan} title={t(`change.plan.${plan}`)}>
                <p className="ticket-text">{change[plan] ?? t("change.erased")}</p>
              </Panel>
            ))}
            <Panel title={t("change.history")}>
              <ol className="stack ticket-list">
                {change.history.map((entry) => (
                  <li key={entry.seq}>
                    <div className="row-wrap">
                      <b>{t(`change.event.${entry.kind.replace("change.", "")}`, { defaultValue: entry.kind })}</b>
                      <span>{entry.actor.display}</span>
                      <span className="faint">
                        <Ago at={entry.at} />
                      </span>
                    </div>
                    {entry.text && <p className="ticket-text">{entry.text}</p>}
                  </li>
                ))}
              </ol>
            </Panel>
          </div>
          <div className="stack">
            <Panel title={t("change.riskHead")} hint={<RiskWord change={change} />} flush>
              <RiskReasons change={change} />
            </Panel>
            <Votes change={change} ask={setAsked} />
            {holds(session, "release.read") && <CarriedBy change={change.id} />}
            <Panel title={t("change.caused")} hint={String(change.incidents.length)}>
              {change.incidents.length === 0 ? (
                <Empty compact title={t("change.causedNone")} text={t("change.causedNoneText")} />
              ) : (
                <ul className="stack ticket-list">
                  {change.incidents.map((incident) => (
                    <li key={incident.id} className="row-wrap">
                      <IncidentRef id={incident.id} number={incident.number} />
                      <span className="grow">{incident.title}</span>
                      <StateWord incident={{ state: incident.state, hold: null }} />
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
          </div>
        </div>
      )}
      {asked && (
        <Suspense>
          <StepDialog change={change} asked={asked} close={() => setAsked(null)} />
        </Suspense>
      )}
      {editing && (
        <Suspense>
          <DraftForm of={change} close={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Votes({ change, ask }: { change: ChangeDetail; ask: (asked: Asked) => void }) {
  const { t } = useText();
  if (!change.authority) return null;
  const reason = change.may_vote ? null : t("change.mayNotVote");
  const open = change.state === "authorise" || (change.due_at !== null && change.authorised === null);
  return (
    <Panel
      title={t("change.votes")}
      hint={t(`change.authority.${change.authority}`, { n: change.quorum ?? 1 })}
      actions={
        open && (
          <div className="row">
            <ActionButton size="small" type="primary" reason={reason} onClick={() => ask({ what: "vote", yes: true })}>
              {t("change.step.voteYes")}
            </ActionButton>
            <ActionButton size="small" reason={reason} onClick={() => ask({ what: "vote", yes: false })}>
              {t("change.step.voteNo")}
            </ActionButton>
          </div>
        )
      }
    >
      {change.votes.length === 0 ? (
        <Empty compact title={t("change.noVotes")} text={t("change.noVotesText")} />
      ) : (
        <ul className="stack ticket-list">
          {change.votes.map((vote) => (
            <li key={vote.by.id}>
              <div className="row-wrap">
                <Status tone={vote.yes ? "good" : "bad"} word={t(vote.yes ? "change.yes" : "change.no")} />
                <PersonRef id={vote.by.id} display={vote.by.display} />
                <span className="faint">
                  <Ago at={vote.at} />
                </span>
              </div>
              <p className="ticket-text">{vote.text ?? t("change.erased")}</p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

// One problem: where it stands, what it is behind, what is known, what follows from it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import type { ProblemDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { InLine } from "@/manage/desk/in-line";
import { FollowUps } from "@/manage/follow-up/panel";
import { IncidentRef, StateWord } from "@/manage/incident/refs";
import { knowledgeActs } from "@/manage/knowledge/api";
import { PersonRef } from "@/manage/party/refs";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { useMay } from "@/shell/session";
import { type ProblemStep, problemQueries } from "./api";
import { problemNumber, STATE_TONE } from "./words";
import "../ticket.css";

const Grievances = lazy(() => import("@/manage/complaint/hear").then((part) => ({ default: part.Grievances })));
const StepDialog = lazy(() => import("./step-dialog").then((part) => ({ default: part.StepDialog })));

/** The whole way, so that one sees what is left of it. */
const TRACK = ["opened", "assessed", "analysing", "known_error", "fix_pending", "fixed", "verified", "closed"] as const;

export default function ProblemPage() {
  const { id = "" } = useParams();
  const problem = useQuery(problemQueries.one(id));
  if (problem.error instanceof Refusal && problem.error.status === 404) return <Missing />;
  return (
    <Answer
      of={problem}
      bones={
        <div className="page">
          <Bone w="40%" h={26} />
          <PanelBones height={200} />
        </div>
      }
    >
      {(found) => <Detail problem={found} />}
    </Answer>
  );
}

function Detail({ problem }: { problem: ProblemDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const [asked, setAsked] = useState<ProblemStep | null>(null);
  const steps = problem.allowed as ProblemStep[];
  return (
    <div className="page">
      <InLine id={problem.id} />
      <PageHead
        crumb={{ to: path.problems(), label: t("problem.problems") }}
        title={
          <>
            <span className="faint">{problemNumber(problem.number)}</span> {problem.title || t("problem.erased")}
          </>
        }
        sub={
          <span className="row-wrap">
            <Status tone={STATE_TONE[problem.state]} word={t(`problem.state.${problem.state}`)} pill />
            <ServiceRef id={problem.service.id} display={problem.service.display}>
              {nameIn(language, problem.service.display)}
            </ServiceRef>
            <PersonRef id={problem.owner.id} display={problem.owner.display} />
            {problem.recurrences > 0 && <span>{t("problem.cameBack", { n: problem.recurrences })}</span>}
          </span>
        }
        actions={steps.map((step, place) => (
          <Button key={step} type={place === 0 ? "primary" : "default"} onClick={() => setAsked(step)}>
            {t(`problem.step.${step}`)}
          </Button>
        ))}
      />
      <ol className="ticket-track" aria-label={t("problem.way")}>
        {TRACK.map((state) => (
          <li
            key={state}
            aria-current={state === problem.state ? "step" : undefined}
            className={TRACK.indexOf(state) <= TRACK.indexOf(problem.state) ? "past" : ""}
          >
            {t(`problem.state.${state}`)}
          </li>
        ))}
      </ol>
      {problem.state === "fixed" && <p className="muted">{t("problem.watching", { n: problem.watch_days })}</p>}
      <div className="ticket-grid">
        <div className="stack">
          <Panel title={t("problem.known")}>
            {problem.workaround ? (
              <p className="ticket-text">{problem.workaround}</p>
            ) : (
              <Empty compact title={t("problem.noWorkaround")} text={t("problem.noWorkaroundText")} />
            )}
            {problem.workaround && problem.state !== "closed" && <PublishArticle problem={problem} />}
            {problem.change && (
              <dl className="facts">
                <dt>{t("problem.carriedBy")}</dt>
                <dd>{problem.change}</dd>
              </dl>
            )}
          </Panel>
          <FollowUps
            of={{ kind: "problem", id: problem.id }}
            owner={problem.owner.id}
            all={problem.follow_ups}
            reason={may("problem.write") ?? (problem.state === "closed" ? t("problem.isClosed") : null)}
          />
          {problem.history.length > 0 && (
            <Panel title={t("problem.history")}>
              <ol className="stack ticket-list">
                {problem.history.map((step) => (
                  <li key={step.at + step.to}>
                    <div className="row-wrap">
                      <Status tone={STATE_TONE[step.to]} word={t(`problem.state.${step.to}`)} />
                      <span className="faint">
                        <Ago at={step.at} />
                      </span>
                      {step.by && <PersonRef id={step.by.id} display={step.by.display} />}
                      {step.recurred_as && <Link to={path.incident(step.recurred_as)}>{t("problem.recurredAs")}</Link>}
                      {step.change && <span className="num">{step.change}</span>}
                    </div>
                    {step.text && <p className="ticket-text">{step.text}</p>}
                  </li>
                ))}
              </ol>
            </Panel>
          )}
        </div>
        <div className="stack">
          <Panel title={t("problem.behind")} hint={String(problem.incidents)}>
            {problem.linked.length === 0 ? (
              <Empty compact title={t("problem.noIncidents")} text={t("problem.noIncidentsText")} />
            ) : (
              <ul className="stack ticket-list">
                {problem.linked.map((incident) => (
                  <li key={incident.id} className="row-wrap">
                    <IncidentRef id={incident.id} number={incident.number} />
                    <span className="grow">{incident.title}</span>
                    <StateWord incident={{ state: incident.state, hold: null }} />
                    <span className="faint">
                      <Ago at={incident.opened_at} />
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Suspense>
            <Grievances kind="problem" id={problem.id} />
          </Suspense>
        </div>
      </div>
      {asked && (
        <Suspense>
          <StepDialog problem={problem} step={asked} close={() => setAsked(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** Tells the known error to those who look for help; the article follows the problem from then on. */
function PublishArticle({ problem }: { problem: ProblemDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const words = useProblemText();
  const publish = useMutation({
    mutationFn: () => knowledgeActs.ofProblem(problem.id, language),
    onSuccess: (article) => navigate(path.article(article.id)),
    onError: (error) => message.error(words(error)),
  });
  return (
    <ActionButton
      size="small"
      reason={may("knowledge.publish")}
      loading={publish.isPending}
      onClick={() => publish.mutate()}
    >
      {t("knowledge.publishKnownError")}
    </ActionButton>
  );
}

// The parts of a request that both its requester and staff see: answers, approvals, work, rating.
import { Button, Rate } from "antd";
import type { RequestAnswer, RequestDetail } from "@/api/types";
import { type Language, nameIn, type Translate, useText } from "@/i18n";
import { listed, number, shortInstant } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { useMay } from "@/shell/session";
import { useAct } from "./act";
import { requestActs } from "./api";
import { APPROVAL_TONE, TASK_TONE } from "./words";

function said(answer: RequestAnswer, t: Translate, language: Language): string {
  const { field, value, person } = answer;
  if (person) return person.display;
  if (field.type === "yes_no") return t(value ? "catalogue.yes" : "catalogue.no");
  if (field.type === "choice") {
    const keys = Array.isArray(value) ? value : [value];
    return listed(
      keys.map((key) => nameIn(language, field.options.find((option) => option.key === key)?.label) || String(key)),
      language,
    );
  }
  return typeof value === "number" ? number(value, language, 6) : String(value);
}

export function Answers({ of }: { of: RequestDetail }) {
  const { t, language } = useText();
  return (
    <Panel title={t("request.answers")}>
      {!of.answers ? (
        <p className="muted">{t("request.erased")}</p>
      ) : (
        <dl className="request-answers">
          {of.answers.map((answer) => (
            <div key={answer.field.key}>
              <dt>{nameIn(language, answer.field.label)}</dt>
              <dd>{said(answer, t, language)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}

export function Approvals({ of }: { of: RequestDetail }) {
  const { t } = useText();
  if (of.approvals.length === 0) return null;
  return (
    <Panel title={t("request.approvals")}>
      <ol className="request-steps">
        {of.approvals.map((step) => (
          <li key={step.id}>
            <Status tone={APPROVAL_TONE[step.state]} word={t(`request.approvalState.${step.state}`)} />
            {step.asked.length > 1 && (
              <span className="faint"> · {t("request.quorum", { n: step.quorum, all: step.asked.length })}</span>
            )}
            {step.until && <span className="faint"> · {t("request.until", { at: shortInstant(step.until) })}</span>}
            {step.asked.map((asked) => (
              <p key={asked.person.id} className={asked.past ? "faint" : undefined}>
                {asked.person.display}
                {asked.in_place_of && ` · ${t("request.inPlaceOf", { who: asked.in_place_of.display })}`}
                {asked.approved !== null && ` · ${t(asked.approved ? "request.saidYes" : "request.saidNo")}`}
                {asked.past && asked.approved === null && ` · ${t("request.past")}`}
                {asked.text && <span className="muted"> — {asked.text}</span>}
              </p>
            ))}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

export function Work({ of }: { of: RequestDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const start = useAct(requestActs.start);
  const complete = useAct(requestActs.complete);
  const retry = useAct(requestActs.retry);
  if (of.tasks.length === 0) return null;
  const works = may("request.work") === null;
  return (
    <Panel title={t("request.work")}>
      <ol className="request-steps">
        {of.tasks.map((task) => {
          const machine = task.automated && task.state === "in_progress" && !task.person;
          const open = ["open", "in_progress", "failed"].includes(task.state) && !machine;
          return (
            <li key={task.id}>
              <div className="row-wrap">
                <span className="grow">
                  <Status tone={TASK_TONE[task.state]} word={t(`request.taskState.${task.state}`)} />{" "}
                  {nameIn(language, task.title)}
                  <span className="faint">
                    {" "}
                    · {task.person?.display ?? (machine ? t("request.machine") : nameIn(language, task.team.display))}
                  </span>
                </span>
                {works && open && (
                  <>
                    {task.state === "failed" && task.automated && (
                      <Button size="small" onClick={() => retry.mutate([task.id])}>
                        {t("request.retry")}
                      </Button>
                    )}
                    {task.state === "open" && (
                      <Button size="small" onClick={() => start.mutate([task.id])}>
                        {t("request.take")}
                      </Button>
                    )}
                    <Button size="small" type="primary" onClick={() => complete.mutate([task.id])}>
                      {t("request.complete")}
                    </Button>
                  </>
                )}
              </div>
              {task.error && <p className="wrong">{task.error}</p>}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

export function RatingShown({ of }: { of: RequestDetail }) {
  const { t } = useText();
  if (!of.rating) return null;
  return (
    <Panel title={t("request.rating")}>
      <Rate disabled value={of.rating.stars} aria-label={t("request.stars", { n: of.rating.stars })} />
      {of.rating.text && <p className="pre-line">{of.rating.text}</p>}
      {of.rating.answer && <p className="muted pre-line">{t("request.answered", { text: of.rating.answer })}</p>}
    </Panel>
  );
}

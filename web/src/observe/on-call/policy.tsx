// Whom to tell one after another.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { OnCall, Target } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { span } from "@/kit/format";
import { useMay } from "@/shell/session";
import { onCallQueries } from "./api";
import { targetKey } from "./target";

const PolicyEditor = lazy(() => import("./policy-form"));

export function Escalation({ row }: { row: OnCall }) {
  const { t, language } = useText();
  const may = useMay();
  const policies = useQuery(onCallQueries.policies());
  const [editing, setEditing] = useState(false);
  const policy = policies.data?.find((each) => each.team.id === row.team.id);
  const word = (target: Target) =>
    target.schedule
      ? t("onCall.target.schedule", { team: nameIn(language, target.schedule.display) })
      : target.team
        ? t("onCall.target.team", { team: nameIn(language, target.team.display) })
        : nameIn(language, target.person?.display ?? "");
  return (
    <div className="on-call-part">
      <div className="row">
        <b className="grow">{t("onCall.escalation")}</b>
        <ActionButton size="small" reason={may("on_call.write")} onClick={() => setEditing(true)}>
          {t("onCall.change")}
        </ActionButton>
      </div>
      {policy ? (
        <ol className="escalation">
          {policy.steps.map((step) => (
            <li key={step.targets.map(targetKey).join()}>
              {step.targets.map(word).join(language === "zh" ? "、" : ", ")}
              <span className="faint"> · {t("onCall.waits", { span: span(step.wait_secs, language) })}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="faint">
          {t("onCall.byRota", { span: span(row.rota.ack_limit_secs, language), n: row.rota.rounds })}
        </p>
      )}
      {policy && (
        <p className="faint">
          {policy.rounds === null ? t("onCall.untilReached") : t("onCall.roundsN", { count: policy.rounds })}
          {policy.quorum && ` · ${t("onCall.quorumN", { n: policy.quorum.people, p: policy.quorum.priority })}`}
        </p>
      )}
      {editing && (
        <Suspense>
          <PolicyEditor row={row} policy={policy} close={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}

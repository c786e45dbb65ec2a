// How a change is named, when it takes place, and what is said of its risk and its conflicts.
import { Link } from "react-router";
import type { Change, ChangeConflict, ChangeWindow } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { shortInstant } from "@/kit/format";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { changeNumber, OUTCOME_TONE, RISK_TONE, STATE_TONE } from "./words";
import "../ticket.css";
import "./change.css";

export function ChangeRef({ change }: { change: { id: string; number: number } }) {
  return <Link to={path.change(change.id)}>{changeNumber(change.number)}</Link>;
}

export function WindowText({ window }: { window: ChangeWindow }) {
  return (
    <span className="num">
      <time dateTime={window.from}>{shortInstant(window.from)}</time> –{" "}
      <time dateTime={window.to}>{shortInstant(window.to)}</time>
    </span>
  );
}

export function ChangeStatus({ change }: { change: Change }) {
  const { t } = useText();
  if (change.outcome)
    return <Status tone={OUTCOME_TONE[change.outcome]} word={t(`change.outcome.${change.outcome}`)} pill />;
  return <Status tone={STATE_TONE[change.state]} word={t(`change.state.${change.state}`)} pill />;
}

export function RiskWord({ change }: { change: Change }) {
  const { t } = useText();
  if (!change.risk) return <span className="faint">{t("change.notAssessed")}</span>;
  const { level, points } = change.risk;
  return <Status tone={RISK_TONE[level]} word={t("change.riskOf", { level: t(`change.risk.${level}`), points })} />;
}

/** Every reason with its points: what a risk is made of. */
export function RiskReasons({ change }: { change: Change }) {
  const { t } = useText();
  if (!change.risk) return null;
  const reasons = change.risk.reasons;
  const words = (code: string, [first = "", second = ""]: string[]) => {
    const word = t(`change.fact.${code}.${first}`, { defaultValue: "" });
    return word || t(`change.reason.${code}`, { first, second });
  };
  return (
    <table className="table" aria-label={t("change.reasons")}>
      <tbody>
        {reasons.map((reason) => (
          <tr key={reason.code}>
            <td>{words(reason.code, reason.facts)}</td>
            <td className="num">{reason.points > 0 ? `+${reason.points}` : reason.points}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What it collides with, in words. */
export function ConflictWords({ conflict }: { conflict: ChangeConflict }) {
  const { t, language } = useText();
  const found = conflict.conflict;
  const service = nameIn(language, conflict.service?.display);
  switch (found.what) {
    case "freeze":
      return (
        <>
          {t("change.conflict.freeze", { name: found.name })} <WindowText window={found} />
        </>
      );
    case "overlap":
      return (
        <>
          {t("change.conflict.overlap", { service, other: nameIn(language, conflict.other_service?.display) })}{" "}
          <ChangeRef change={{ id: found.change_id, number: found.number }} />
        </>
      );
    case "budget_spent":
      return <>{t("change.conflict.budget_spent", { service })}</>;
  }
}

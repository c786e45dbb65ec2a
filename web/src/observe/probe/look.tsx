// One look: how it ended, what to do about it, where its time went.
import type { Look, ProbeRun } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { millis } from "@/kit/format";
import { Status } from "@/kit/status";
import { inOrder } from "./phases";
import "./probe.css";

/** Codes that prove nothing about the target. */
const UNSURE = [
  "uplink_lost",
  "data_late",
  "address_refused",
  "not_permitted",
  "local_resources",
  "secret_missing",
  "not_understood",
];

export function LookView({
  look,
  phases: given,
  timeout,
}: {
  look: Look;
  phases: ProbeRun["phases"];
  timeout: number;
}) {
  const { t } = useText();
  const advice = textOf(t, "probe.advice", look.code);
  const phases = inOrder(given);
  const total = phases.reduce((sum, phase) => sum + phase.duration_ms, 0) || look.duration_ms || 1;
  return (
    <div className="stack" style={{ gap: 12 }}>
      <div className="row" style={{ justifyContent: "space-between" }}>
        <Status
          tone={look.code === "ok" ? "good" : UNSURE.includes(look.code) ? "unknown" : "bad"}
          word={textOf(t, "probe.code", look.code)}
        />
        <span className="big-number" style={{ fontSize: "1.3rem" }}>
          {millis(look.duration_ms)}
        </span>
      </div>
      {advice !== look.code && <p>{advice}</p>}
      {look.detail && (
        <p className="muted mono" style={{ overflowWrap: "anywhere" }}>
          {look.detail}
        </p>
      )}
      {phases.length > 0 ? (
        <ul className="phases">
          {phases.map((phase) => (
            <li key={phase.name}>
              <span>{textOf(t, "probe.phase", phase.name)}</span>
              <span className="bar">
                <i
                  className={`phase-${phase.name}`}
                  style={{ width: `${Math.max(1.5, (phase.duration_ms / total) * 100)}%` }}
                />
              </span>
              <span className="num">{millis(phase.duration_ms)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="faint">{t("probe.noPhases", { timeout })}</p>
      )}
    </div>
  );
}

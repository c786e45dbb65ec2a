// What each step of a look saw.
import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import type { ProbeRun } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Answer, Bone, Empty } from "@/kit/answer";
import { millis } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { probeQueries } from "./api";

export function Steps({ steps }: { steps: ProbeRun["steps"] }) {
  const { t } = useText();
  return (
    <ol className="evidence-steps">
      {steps.map((step, at) => (
        <li key={at}>
          <div className="row-wrap">
            <span className="num faint">{at + 1}</span>
            <b>{step.name}</b>
            <Status tone={step.code === "ok" ? "good" : "bad"} word={textOf(t, "probe.code", step.code)} />
            {step.status !== null && <span className="tag num">HTTP {step.status}</span>}
            {step.times > 1 && <span className="faint">{t("probe.evidence.times", { n: step.times })}</span>}
            <span className="grow" />
            <span className="num">{millis(step.duration_ms)}</span>
          </div>
          {step.detail && <p className="muted mono">{step.detail}</p>}
          {step.body && (
            <details>
              <summary>{t("probe.evidence.body")}</summary>
              <pre className="mono">{step.body}</pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}

/** The newest look of a journey, and the newest that failed. */
export function EvidencePanel({ probe }: { probe: string }) {
  const { t } = useText();
  const evidence = useQuery(probeQueries.evidence(probe));
  const [which, setWhich] = useState<"last" | "failed">("last");
  const shown = evidence.data?.[which];
  return (
    <Panel
      title={t("probe.evidence.title")}
      hint={shown && <Ago at={shown.at} />}
      actions={
        <Segmented
          size="small"
          value={which}
          onChange={setWhich}
          options={(["last", "failed"] as const).map((value) => ({ value, label: t(`probe.evidence.${value}`) }))}
        />
      }
    >
      <Answer of={evidence} bones={<Bone h={120} />}>
        {() => (shown ? <Steps steps={shown.steps} /> : <Empty compact title={t("probe.evidence.none")} />)}
      </Answer>
    </Panel>
  );
}

// A major incident across the top: where it stands, who is here, and when the next word is owed.
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { Siren } from "lucide-react";
import { useState } from "react";
import type { Incident, Major, MajorStep } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Bone } from "@/kit/answer";
import { ago, span } from "@/kit/format";
import { useNow } from "@/kit/now";
import { Status, type Tone } from "@/kit/status";
import { Ago } from "@/kit/time";
import { holds, useSession } from "@/shell/session";
import { majorQuery, useMajor } from "./api";
import { Room } from "./room";
import { Say, type Saying } from "./say";
import "./major.css";

const TONE: Record<Major["state"], Tone> = {
  candidate: "attention",
  declared: "bad",
  mitigated: "attention",
  restored: "active",
  verified: "good",
  reviewed: "good",
  closed: "good",
  demoted: "unknown",
};

export function MajorBand({ incident, declare }: { incident: Incident; declare: () => void }) {
  const { t } = useText();
  const major = useQuery(majorQuery(incident.id));
  return (
    <section className="panel major" aria-label={t("incident.major.title")}>
      <Answer of={major} bones={<Bone h={92} />}>
        {(data) => (data ? <Band incident={incident} major={data} declare={declare} /> : null)}
      </Answer>
    </section>
  );
}

function Band({ incident, major, declare }: { incident: Incident; major: Major; declare: () => void }) {
  const { t } = useText();
  const works = holds(useSession(), "incident.write");
  const ask = useMajor(incident, major.version);
  const [saying, setSaying] = useState<Saying | null>(null);
  const on = major.state === "declared" || major.state === "mitigated" || major.state === "restored";
  const steps = major.allowed as MajorStep[];
  // The way forward is a button; what takes back, or gives up, is in the menu.
  const forward = steps.filter((step) => step !== "demote" && step !== "relapse" && step !== "declare");
  const back = steps.filter((step) => step === "demote" || step === "relapse");
  const take = (step: MajorStep) => setSaying({ act: "step", step });
  return (
    <>
      <div className="major-head">
        <Siren size={18} aria-hidden />
        <h2>{t("incident.major.title")}</h2>
        <Status tone={TONE[major.state]} word={t(`incident.major.state.${major.state}`)} />
        {major.declared_at && (
          <span className="faint">
            {t("incident.major.declared")} <Ago at={major.declared_at} />
          </span>
        )}
        <span className="grow" />
        {works && (
          <div className="row-wrap">
            {on && (
              <Button type="primary" onClick={() => setSaying({ act: "update" })}>
                {t("incident.major.update")}
              </Button>
            )}
            {steps.includes("declare") && (
              <Button type="primary" onClick={declare}>
                {t("incident.major.step.declare")}
              </Button>
            )}
            {forward.map((step) => (
              <Button key={step} onClick={() => take(step)}>
                {t(`incident.major.step.${step}`)}
              </Button>
            ))}
            {back.length > 0 && (
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: back.map((step) => ({
                    key: step,
                    label: t(`incident.major.step.${step}`),
                    onClick: () => take(step),
                  })),
                }}
              >
                <Button aria-label={t("incident.moreActs")}>…</Button>
              </Dropdown>
            )}
          </div>
        )}
      </div>
      {major.state === "candidate" && <p className="faint">{t("incident.major.candidateHint")}</p>}
      {major.update_due_at && <Owed at={major.update_due_at} />}
      {major.declared_at && <Room major={major} on={on} works={works} ask={ask.mutate} />}
      <Say what={saying} close={() => setSaying(null)} busy={ask.isPending} ask={ask.mutate} />
    </>
  );
}

/** When the next word is owed, or that it is overdue. */
function Owed({ at }: { at: string }) {
  const { t, language } = useText();
  const now = useNow(5);
  const left = Math.round((Date.parse(at) - now) / 1000);
  if (left < 0)
    return (
      <p className="status is-bad" role="status">
        {t("incident.major.overdue")} · {span(-left, language)}
      </p>
    );
  return (
    <p className="faint">
      {t("incident.major.owed")} {ago(Date.parse(at), now, language)}
    </p>
  );
}

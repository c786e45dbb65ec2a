// What must be said to do something with a release or one of its stages.
import { Button, Input } from "antd";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import type { ReleaseDetail } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { type ReleaseAct, useAct } from "./api";

/** What wants no word at all, and what may do without one. */
const WORDLESS = ["build", "close"];
const OPTIONAL = [...WORDLESS, "start", "verify", "begin", "resume"];
/** The places of a refusal that have words of their own. */
const REFUSED = ["artefacts", "roll_back", "stages", "changes", "text"];

export function ActDialog({ release, act, close }: { release: ReleaseDetail; act: ReleaseAct; close: () => void }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState("");
  // An approval is of what was read when it was begun.
  const [basis] = useState(release);
  const take = useAct(act.what === "approve" ? basis : release);
  const stage = "stage" in act ? release.stages[act.stage - 1] : undefined;
  // An end over open incidents wants a word about them.
  const optional = OPTIONAL.includes(act.what) || (act.what === "end" && stage?.incidents.length === 0);
  const ready = (optional || text.trim()) && (act.what !== "rollBack" || outcome.trim());
  const at = take.isError ? (asProblem(take.error).at ?? "").replace("/", "") : "";
  const title = t(`release.act.${act.what}`);
  return (
    <Dialog open onCancel={close} width={560} title={stage ? `${title} · ${stage.stage}. ${stage.name ?? ""}` : title}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) take.mutate({ act, text, outcome }, { onSuccess: close });
        }}
      >
        {take.isError && <FailureNote error={take.error} />}
        {REFUSED.includes(at) && <p className="change-warning">{t(`release.refused.${at}`)}</p>}
        <p className="muted">{t(`release.actHelp.${act.what}`)}</p>
        {stage?.gate && (act.what === "end" || act.what === "begin") && (
          <p>
            <b>{t("release.stage.gate")}</b> {stage.gate}
          </p>
        )}
        {act.what === "end" && stage && stage.incidents.length > 0 && (
          <p className="change-warning">{t("release.stage.incidents", { n: stage.incidents.length })}</p>
        )}
        {!WORDLESS.includes(act.what) && (
          <div className="field">
            <label htmlFor="release-text">{t(optional ? "release.note" : "release.reason")}</label>
            <Input.TextArea id="release-text" rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          </div>
        )}
        {act.what === "rollBack" && (
          <div className="field">
            <label htmlFor="release-outcome">{t("release.outcome")}</label>
            <Input.TextArea
              id="release-outcome"
              rows={3}
              value={outcome}
              onChange={(event) => setOutcome(event.target.value)}
            />
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button
            type="primary"
            danger={act.what === "rollBack"}
            htmlType="submit"
            loading={take.isPending}
            disabled={!ready}
          >
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// A step of a problem, with what must be said to take it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import type { ProblemDetail } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { type ProblemStep, problemActs } from "./api";

export function StepDialog({ problem, step, close }: { problem: ProblemDetail; step: ProblemStep; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [workaround, setWorkaround] = useState(problem.workaround ?? "");
  const [change, setChange] = useState(problem.change ?? "");
  const take = useMutation({
    mutationFn: () => problemActs.step(problem.id, problem.version, step, { text, workaround, change }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["problem"] });
      close();
    },
  });
  const whole = (step !== "know" || (text.trim() && workaround.trim())) && (step !== "plan" || change.trim());
  return (
    <Dialog open onCancel={close} width={520} title={t(`problem.step.${step}`)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate();
        }}
      >
        {take.isError && <FailureNote error={take.error} />}
        <p className="muted">{t(`problem.stepHelp.${step}`)}</p>
        {step === "plan" && (
          <div className="field">
            <label htmlFor="problem-change">{t("problem.carriedBy")}</label>
            <Input
              id="problem-change"
              value={change}
              maxLength={200}
              placeholder="CHG-1001"
              onChange={(event) => setChange(event.target.value)}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor="problem-text">{t(`problem.stepText.${step}`)}</label>
          <Input.TextArea id="problem-text" rows={4} value={text} onChange={(event) => setText(event.target.value)} />
        </div>
        {step === "know" && (
          <div className="field">
            <label htmlFor="problem-workaround">{t("problem.workaround")}</label>
            <Input.TextArea
              id="problem-workaround"
              rows={4}
              value={workaround}
              onChange={(event) => setWorkaround(event.target.value)}
            />
            <p className="help">{t("problem.workaroundHelp")}</p>
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={take.isPending} disabled={!whole}>
            {t(`problem.step.${step}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

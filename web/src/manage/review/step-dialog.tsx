// A step of a review, and why where something must be said.
import { Button, Input } from "antd";
import { useState } from "react";
import type { ReviewDetail, ReviewStep } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { useStep } from "./api";

/** Steps that say nothing without words. */
const WORDED: readonly ReviewStep[] = ["send_back", "reopen"];

export function StepDialog({ review, step, close }: { review: ReviewDetail; step: ReviewStep; close: () => void }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const take = useStep(review);
  const worded = WORDED.includes(step);
  return (
    <Dialog open onCancel={close} width={480} title={t(`review.step.${step}`)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate({ step, text: worded ? text : undefined }, { onSuccess: close });
        }}
      >
        {take.isError && <FailureNote error={take.error} />}
        <p>{t(`review.stepHelp.${step}`)}</p>
        {worded && (
          <div className="field">
            <label htmlFor="review-why">{t("review.why")}</label>
            <Input.TextArea
              id="review-why"
              autoFocus
              rows={3}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button
            type="primary"
            htmlType="submit"
            autoFocus={!worded}
            loading={take.isPending}
            disabled={worded && !text.trim()}
          >
            {t(`review.step.${step}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

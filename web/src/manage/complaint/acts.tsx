// The steps that one may take: a button each, with a text where something must be said.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";

/** Steps that say nothing without words. */
const SAYS = new Set(["explain", "reject", "learn"]);

export function Acts({ steps, take }: { steps: string[]; take: (step: string, text: string) => Promise<unknown> }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const act = useMutation({
    mutationFn: (step: string) => take(step, text),
    onSuccess: () => setText(""),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["complaint"] }),
  });
  if (steps.length === 0) return null;
  return (
    <Panel title={t("complaint.next")}>
      {act.isError && <FailureNote error={act.error} />}
      <Input.TextArea
        aria-label={t("complaint.say")}
        placeholder={t("complaint.say")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row-wrap complaint-acts">
        {steps.map((step, place) => (
          <Button
            key={step}
            type={place === 0 ? "primary" : "default"}
            loading={act.isPending && act.variables === step}
            disabled={SAYS.has(step) && !text.trim()}
            onClick={() => act.mutate(step)}
          >
            {t(`complaint.act.${step}`)}
          </Button>
        ))}
      </div>
    </Panel>
  );
}

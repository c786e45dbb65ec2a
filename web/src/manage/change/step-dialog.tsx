// A step of a change, with what must be said to take it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Radio } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import type { Change, ChangeConflict, ChangeOutcome } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { type ChangeStep, changeActs } from "./api";
import { ConflictWords } from "./refs";
import { WindowField, windowOf } from "./window-field";

/** What is asked: a step, a vote, or that a conflict is taken on. */
export type Asked =
  | { what: Exclude<ChangeStep, "edit"> }
  | { what: "vote"; yes: boolean }
  | { what: "acknowledge"; conflict: ChangeConflict };

const OUTCOMES: ChangeOutcome[] = ["successful", "with_issues", "failed", "rolled_back"];
const WORDLESS = ["assess", "submit", "close"];
const OPTIONAL = [...WORDLESS, "start", "finish", "move"];

export function StepDialog({ change, asked, close }: { change: Change; asked: Asked; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<ChangeOutcome>(change.state === "verifying" ? "successful" : "failed");
  const [span, setSpan] = useState<[Dayjs, Dayjs]>([dayjs(change.window.from), dayjs(change.window.to)]);
  const reopens = asked.what === "move" && change.state === "scheduled" && change.kind !== "standard";
  const { id, version } = change;
  const take = useMutation<unknown>({
    mutationFn: () => {
      switch (asked.what) {
        case "assess":
        case "submit":
        case "close":
          return changeActs.plain(id, version, asked.what);
        case "start":
        case "finish":
          return changeActs.carry(id, version, asked.what, text);
        case "review":
          return changeActs.review(id, version, outcome, text);
        case "cancel":
          return changeActs.cancel(id, version, text);
        case "move":
          return changeActs.move(id, version, windowOf(span), reopens, text.trim() || undefined);
        case "vote":
          return changeActs.vote(id, version, asked.yes, text);
        case "acknowledge":
          return changeActs.acknowledge(id, version, asked.conflict.conflict, text);
      }
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["change"] });
      close();
    },
    // What has turned up since is on the page.
    onError: () => void queries.invalidateQueries({ queryKey: ["change"] }),
  });
  const key = asked.what === "vote" ? (asked.yes ? "voteYes" : "voteNo") : asked.what;
  return (
    <Dialog open onCancel={close} width={560} title={t(`change.step.${key}`)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate();
        }}
      >
        {take.isError && <FailureNote error={take.error} />}
        <p className="muted">{t(`change.stepHelp.${key}`)}</p>
        {reopens && <Alert type="warning" showIcon title={t("change.reopens")} />}
        {asked.what === "acknowledge" && (
          <p>
            <ConflictWords conflict={asked.conflict} />
          </p>
        )}
        {asked.what === "move" && <WindowField value={span} onChange={setSpan} />}
        {asked.what === "review" && (
          <Radio.Group
            aria-label={t("change.outcomeHead")}
            value={outcome}
            onChange={(event) => setOutcome(event.target.value as ChangeOutcome)}
            options={OUTCOMES.map((value) => ({
              value,
              label: t(`change.outcome.${value}`),
              disabled: change.state !== "verifying" && (value === "successful" || value === "with_issues"),
            }))}
          />
        )}
        {!WORDLESS.includes(asked.what) && (
          <div className="field">
            <label htmlFor="change-text">{t(`change.stepText.${key}`)}</label>
            <Input.TextArea id="change-text" rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button
            type="primary"
            htmlType="submit"
            loading={take.isPending}
            disabled={!OPTIONAL.includes(asked.what) && !text.trim()}
          >
            {t(`change.step.${key}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// The escalation policy as a form. The server's refusal of a step that reaches nobody stands at its step.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, InputNumber, Popconfirm, Select, Switch } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import type { OnCall, Policy, PolicyDraft } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote, useProblemText } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { span } from "@/kit/format";
import { partyQueries } from "@/manage/party/api";
import { matches } from "@/shell/pinyin";
import { onCallActs } from "./api";
import { targetKey, targetOf } from "./target";

export default function PolicyEditor({
  row,
  policy,
  close,
}: {
  row: OnCall;
  policy: Policy | undefined;
  close: () => void;
}) {
  const { t } = useText();
  return (
    <Drawer open close={close} size={560} title={t("onCall.escalation")}>
      <PolicyForm row={row} policy={policy} close={close} />
    </Drawer>
  );
}

interface Draft {
  steps: { targets: string[]; wait_secs: number }[];
  rounds: number | null;
  quorum: PolicyDraft["quorum"];
}

function PolicyForm({ row, policy, close }: { row: OnCall; policy: Policy | undefined; close: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const people = useQuery(partyQueries.people());
  const teams = useQuery(partyQueries.teams());
  const [draft, setDraft] = useState<Draft>(() =>
    policy
      ? {
          steps: policy.steps.map((step) => ({ targets: step.targets.map(targetKey), wait_secs: step.wait_secs })),
          rounds: policy.rounds,
          quorum: policy.quorum,
        }
      : {
          steps: [{ targets: [`schedule:${row.team.id}`], wait_secs: row.rota.ack_limit_secs }],
          rounds: row.rota.rounds,
          quorum: null,
        },
  );
  const done = () => {
    void queries.invalidateQueries({ queryKey: ["on-call"] });
    message.success(t("onCall.saved"));
    close();
  };
  const save = useMutation({
    mutationFn: () =>
      onCallActs.putPolicy(row.team.id, {
        ...draft,
        steps: draft.steps.map((step) => ({ ...step, targets: step.targets.map(targetOf) })),
      }),
    onSuccess: done,
  });
  const retire = useMutation({
    mutationFn: () => onCallActs.retirePolicy(row.team.id),
    onSuccess: done,
    onError: (error) => message.error(problemText(error)),
  });
  const refusal = save.error ? asProblem(save.error) : null;
  const refusedStep = refusal?.at?.match(/^\/steps\/(\d+)/)?.[1];
  const options = [
    ...(teams.data ?? []).map((team) => ({
      value: `schedule:${team.id}`,
      label: t("onCall.target.schedule", { team: nameIn(language, team.display) }),
    })),
    ...(teams.data ?? []).map((team) => ({
      value: `team:${team.id}`,
      label: t("onCall.target.team", { team: nameIn(language, team.display) }),
    })),
    ...(people.data ?? [])
      .filter((one) => one.active !== false)
      .map((one) => ({ value: `person:${one.id}`, label: nameIn(language, one.display) })),
  ];
  const change = (at: number, to: Partial<Draft["steps"][number]>) =>
    setDraft({ ...draft, steps: draft.steps.map((step, place) => (place === at ? { ...step, ...to } : step)) });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {refusal && refusedStep === undefined && <FailureNote error={refusal} />}
      {draft.steps.map((step, at) => (
        <fieldset key={at} className={`layer-form${refusedStep === String(at) ? " wrong" : ""}`}>
          <legend>{t("onCall.stepN", { n: at + 1 })}</legend>
          <div className="field">
            <span className="label">{t("onCall.tells")}</span>
            <Select
              aria-label={t("onCall.tells")}
              mode="multiple"
              style={{ width: "100%" }}
              showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
              value={step.targets}
              onChange={(targets: string[]) => change(at, { targets })}
              options={options}
            />
          </div>
          <div className="row-wrap">
            <span className="label">{t("onCall.waitSecs")}</span>
            <InputNumber
              aria-label={t("onCall.waitSecs")}
              min={30}
              max={86_400}
              step={30}
              value={step.wait_secs}
              onChange={(value) => change(at, { wait_secs: value ?? 300 })}
            />
            <span className="faint grow">{span(step.wait_secs, language)}</span>
            <Button
              size="small"
              icon={<Trash2 size={13} />}
              disabled={draft.steps.length === 1}
              onClick={() => setDraft({ ...draft, steps: draft.steps.filter((_, place) => place !== at) })}
            >
              {t("onCall.layerRemove")}
            </Button>
          </div>
          {refusedStep === String(at) && (
            <p className="wrong" role="alert">
              {refusal?.detail}
            </p>
          )}
        </fieldset>
      ))}
      <Button
        icon={<Plus size={14} />}
        disabled={draft.steps.length >= 20}
        onClick={() => setDraft({ ...draft, steps: [...draft.steps, { targets: [], wait_secs: 300 }] })}
      >
        {t("onCall.stepAdd")}
      </Button>
      <div className="row-wrap">
        <Switch
          aria-label={t("onCall.untilReached")}
          checked={draft.rounds === null}
          onChange={(on) => setDraft({ ...draft, rounds: on ? null : 3 })}
        />
        <span>{t("onCall.untilReached")}</span>
        {draft.rounds !== null && (
          <>
            <span className="label">{t("onCall.rounds")}</span>
            <InputNumber
              aria-label={t("onCall.rounds")}
              min={1}
              max={10}
              value={draft.rounds}
              onChange={(value) => setDraft({ ...draft, rounds: value ?? 3 })}
            />
          </>
        )}
      </div>
      <div className="row-wrap">
        <Switch
          aria-label={t("onCall.quorum")}
          checked={draft.quorum !== null}
          onChange={(on) => setDraft({ ...draft, quorum: on ? { people: 2, priority: 1 } : null })}
        />
        <span>{t("onCall.quorum")}</span>
        {draft.quorum && (
          <>
            <InputNumber
              aria-label={t("onCall.quorumPeople")}
              min={2}
              max={10}
              value={draft.quorum.people}
              onChange={(value) =>
                draft.quorum && setDraft({ ...draft, quorum: { ...draft.quorum, people: value ?? 2 } })
              }
            />
            <Select
              aria-label={t("onCall.quorumPriority")}
              style={{ width: 110 }}
              value={draft.quorum.priority}
              onChange={(priority) => draft.quorum && setDraft({ ...draft, quorum: { ...draft.quorum, priority } })}
              options={[1, 2, 3, 4, 5].map((p) => ({ value: p, label: t("onCall.upTo", { p }) }))}
            />
          </>
        )}
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        {policy && (
          <Popconfirm
            title={t("onCall.retireAsk")}
            okText={t("onCall.remove")}
            cancelText={t("kit.cancel")}
            onConfirm={() => retire.mutate()}
          >
            <Button danger>{t("onCall.remove")}</Button>
          </Popconfirm>
        )}
        <span className="grow" />
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button
          type="primary"
          htmlType="submit"
          loading={save.isPending}
          disabled={draft.steps.some((step) => step.targets.length === 0)}
        >
          {t("kit.save")}
        </Button>
      </div>
    </form>
  );
}

// Insights with what they stand on, and actions with a figure before and after.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import type { Insight, VoiceAction } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, FailureNote, PanelBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { partyQueries } from "@/manage/party/api";
import { Choose } from "@/shell/choose";
import { holds, useSession } from "@/shell/session";
import { surveyQueries } from "../survey/api";
import { voiceActs, voiceQueries } from "./api";

export function Insights() {
  const { t } = useText();
  const insights = useQuery(voiceQueries.insights());
  return (
    <Panel title={t("voice.act")}>
      <Answer of={insights} bones={<PanelBones height={200} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty compact title={t("voice.noInsights")} text={t("voice.noInsightsText")} />
          ) : (
            <ul className="voice-list">
              {page.items.map((insight) => (
                <One key={insight.id} of={insight} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  );
}

function One({ of }: { of: Insight }) {
  const { t } = useText();
  const session = useSession();
  const [adding, setAdding] = useState(false);
  const may = holds(session, "voice.write");
  return (
    <li>
      <p className="voice-text">
        <b>{of.text ?? t("complaint.erased")}</b>
      </p>
      <p className="muted">
        {t("voice.standsOn", { count: of.signals.length })} {of.person?.display} <Ago at={of.made_at} />
      </p>
      <ul className="voice-list">
        {of.actions.map((action) => (
          <Action key={action.id} insight={of} of={action} may={may} />
        ))}
      </ul>
      {may && !adding && (
        <Button size="small" onClick={() => setAdding(true)}>
          {t("voice.addAction")}
        </Button>
      )}
      {adding && <Add insight={of} close={() => setAdding(false)} />}
    </li>
  );
}

const shown = (value: number | null) => (value === null ? "—" : String(Math.round(value * 100) / 100));

function Action({ insight, of, may }: { insight: Insight; of: VoiceAction; may: boolean }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const measure = useMutation({
    mutationFn: () => voiceActs.measure(insight.id, of.id),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["voice"] }),
  });
  const what = of.survey ? nameIn(language, of.survey) : t("voice.ofSignals");
  return (
    <li>
      {measure.isError && <FailureNote error={measure.error} />}
      <div className="row-wrap">
        <span className="voice-text">{of.text ?? t("complaint.erased")}</span>
        <span className="muted">{t("voice.ownerDue", { who: of.owner.display, on: of.due_on })}</span>
      </div>
      <p className="muted num">
        {what}: {t("voice.before", { value: shown(of.before), n: of.before_n })}
        {of.measured_at && ` → ${t("voice.after", { value: shown(of.after), n: of.after_n ?? 0 })}`}
      </p>
      {may && !of.measured_at && (
        <Button size="small" loading={measure.isPending} onClick={() => measure.mutate()}>
          {t("voice.measure")}
        </Button>
      )}
    </li>
  );
}

function Add({ insight, close }: { insight: Insight; close: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const people = useQuery(partyQueries.people());
  const surveys = useQuery(surveyQueries.all());
  const [text, setText] = useState("");
  const [owner, setOwner] = useState<string | undefined>();
  const [due, setDue] = useState("");
  const [survey, setSurvey] = useState<string | undefined>();
  const add = useMutation({
    mutationFn: () => voiceActs.add(insight.id, { text, owner_id: owner ?? "", due_on: due, survey_id: survey }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["voice"] });
      close();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.isError && <FailureNote error={add.error} />}
      <Input
        aria-label={t("voice.what")}
        placeholder={t("voice.what")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Choose
        label={t("voice.owner")}
        value={owner}
        onChange={setOwner}
        options={(people.data ?? []).map((each) => ({ value: each.id, label: each.display }))}
      />
      <div className="field">
        <label htmlFor={`due-${insight.id}`}>{t("voice.due")}</label>
        <Input id={`due-${insight.id}`} type="date" value={due} onChange={(event) => setDue(event.target.value)} />
      </div>
      <Choose
        label={t("voice.measuredBy")}
        value={survey}
        onChange={setSurvey}
        options={(surveys.data ?? []).map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
      />
      <div className="row-wrap">
        <Button type="primary" htmlType="submit" loading={add.isPending} disabled={!text.trim() || !owner || !due}>
          {t("voice.addAction")}
        </Button>
        <Button onClick={close}>{t("kit.cancel")}</Button>
      </div>
    </form>
  );
}

// What comes up in the next meeting of the board: the riskiest first, with what each collides with beside it.
import { useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { lazy, Suspense, useState } from "react";
import type { Agenda, AgendaItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { instant } from "@/kit/format";
import { useNow } from "@/kit/now";
import { PageHead, Panel } from "@/kit/panel";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { changeQueries } from "./api";
import { Conflicts } from "./conflicts";
import { minutes } from "./minutes";
import { ChangeRef, RiskReasons, RiskWord, WindowText } from "./refs";
import type { Asked } from "./step-dialog";

const StepDialog = lazy(() => import("./step-dialog").then((part) => ({ default: part.StepDialog })));

export default function AgendaPage() {
  const { t } = useText();
  const agenda = useQuery(changeQueries.agenda());
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.changes(), label: t("change.changes") }}
        title={t("change.agenda.title")}
        sub={t("change.agenda.sub")}
      />
      <Answer of={agenda} bones={<PanelBones height={200} />}>
        {(found) => <Board agenda={found} />}
      </Answer>
    </div>
  );
}

function Board({ agenda }: { agenda: Agenda }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const now = useNow(60);
  const text = minutes(agenda, instant(now, language), t, language);
  const copy = () => void navigator.clipboard.writeText(text).then(() => message.success(t("change.agenda.copied")));
  return (
    <div className="stack">
      <p className="muted row-wrap">
        {agenda.board ? nameIn(language, agenda.board.display) : t("change.agenda.noBoard")}
        {agenda.members.map((member) => (
          <PersonRef key={member.id} id={member.id} display={member.display} />
        ))}
      </p>
      {agenda.open.length === 0 && <Empty title={t("change.agenda.empty")} text={t("change.agenda.emptyText")} />}
      {agenda.open.map((item) => (
        <Item key={item.change.id} item={item} />
      ))}
      <Panel
        title={t("change.agenda.minutes")}
        hint={t("change.agenda.minutesHint")}
        actions={
          <ActionButton size="small" reason={null} onClick={copy}>
            {t("change.agenda.copy")}
          </ActionButton>
        }
      >
        <pre className="ticket-text">{text}</pre>
      </Panel>
    </div>
  );
}

function Item({ item }: { item: AgendaItem }) {
  const { t, language } = useText();
  const may = useMay();
  const [asked, setAsked] = useState<Asked | null>(null);
  const { change } = item;
  const reason = item.may_vote ? null : t("change.mayNotVote");
  return (
    <Panel
      title={
        <span className="row-wrap">
          <ChangeRef change={change} /> {change.title}
        </span>
      }
      hint={<RiskWord change={change} />}
      actions={
        <>
          <ActionButton
            type="primary"
            size="small"
            reason={reason}
            onClick={() => setAsked({ what: "vote", yes: true })}
          >
            {t("change.step.voteYes")}
          </ActionButton>
          <ActionButton size="small" reason={reason} onClick={() => setAsked({ what: "vote", yes: false })}>
            {t("change.step.voteNo")}
          </ActionButton>
        </>
      }
    >
      <p className="row-wrap muted">
        <span>{t(`change.kind.${change.kind}`)}</span>
        <span>{change.services.map((each) => nameIn(language, each.display)).join(", ")}</span>
        <WindowText window={change.window} />
        <span>{t("change.votesOf", { yes: item.votes.filter((vote) => vote.yes).length, quorum: item.quorum })}</span>
      </p>
      <div className="ticket-grid">
        <Conflicts change={change} reason={may("change.authorise")} take={setAsked} />
        <RiskReasons change={change} />
      </div>
      {asked && (
        <Suspense>
          <StepDialog change={change} asked={asked} close={() => setAsked(null)} />
        </Suspense>
      )}
    </Panel>
  );
}

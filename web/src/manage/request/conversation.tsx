// What was said and what happened, newest first, and a word of one's own.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { RequestDetail, TimelineEntry, Visibility, Words } from "@/api/types";
import { nameIn, type Translate, textOf, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { MentionBox, useColleagues } from "@/manage/desk/mention-box";
import { Others } from "@/manage/desk/presence";
import { useDraft } from "@/manage/desk/use-draft";
import { holds, useSession } from "@/shell/session";
import { useAct } from "./act";
import { requestActs, requestQueries } from "./api";

const str = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

function told(entry: TimelineEntry, t: Translate, name: (id: unknown) => string, own: (title: Words) => string): string {
  const d = entry.data;
  const what = entry.kind.slice("request.".length);
  switch (what) {
    case "transitioned": {
      const why = [
        d.hold ? t(`incident.hold.${str(d.hold)}`) : "",
        d.reason ? textOf(t, "request.reason", str(d.reason)) : "",
      ];
      return [t(`request.state.${str(d.to)}`), ...why].filter(Boolean).join(" · ");
    }
    case "status_set":
      return d.status
        ? t("automation.told.status", { status: own(d.title as Words) || str(d.status) })
        : t("automation.told.noStatus");
    case "noted":
      return t(d.visibility === "public" ? "request.told.public" : "request.told.internal");
    case "task_transitioned":
      return t("request.told.task", {
        stage: str(d.stage),
        state: t(`request.taskState.${str(d.to)}`),
        team: name(d.team_id),
      });
    case "approval_answered":
      return t(d.approved ? "request.told.yes" : "request.told.no", { step: str(d.step) });
    case "approval_ended":
      return t("request.told.ended", { step: str(d.step), state: t(`request.approvalState.${str(d.state)}`) });
    case "rated":
      return t("request.stars", { n: str(d.stars) });
    default:
      return textOf(t, "request.event", what);
  }
}

/** Goes to the box, to say something to who asked or among us. */
export type SayTo = React.RefObject<(to: Visibility) => void>;

export function Conversation({ of, say }: { of: RequestDetail; say?: SayTo }) {
  const { t, language } = useText();
  const timeline = useQuery(requestQueries.timeline(of.id));
  return (
    <Panel title={t("request.conversation")}>
      <Say id={of.id} say={say} />
      <Answer of={timeline} bones={<PanelBones />}>
        {(entries) => (
          <ol className="request-told">
            {[...entries].reverse().map((entry) => {
              const name = (id: unknown) => nameIn(language, entry.names[String(id)]);
              const who = entry.actor.kind === "system" ? t("request.byRule") : entry.actor.display;
              const kept = entry.kind.endsWith(".noted") ? str(entry.data.visibility) : "public";
              return (
                <li key={entry.seq}>
                  <p>
                    <b>{who}</b> · {told(entry, t, name, (title) => nameIn(language, title))}{" "}
                    <span className="faint">
                      <Ago at={entry.at} />
                    </span>
                  </p>
                  {entry.text && <div className={`note ${kept}`}>{entry.text}</div>}
                </li>
              );
            })}
          </ol>
        )}
      </Answer>
    </Panel>
  );
}

function Say({ id, say }: { id: string; say: SayTo | undefined }) {
  const { t } = useText();
  const session = useSession();
  const internal = holds(session, "incident.note_internal") && holds(session, "request.write");
  const [text, setText] = useDraft(id, "note");
  const [visibility, setVisibility] = useState<Visibility>("public");
  const note = useAct(requestActs.note, () => setText(""));
  const { namedIn } = useColleagues();
  const box = useRef<HTMLTextAreaElement>(null);
  const to = (which: Visibility) => {
    if (which === "public" || internal) setVisibility(which);
    box.current?.focus();
  };
  if (say) say.current = to;
  const asked = useSearchParams()[0].get("say");
  useEffect(() => {
    if ((asked === "public" || asked === "internal") && say) say.current(asked);
  }, [asked, say]);
  const send = () => {
    const said = text.trim();
    if (said && !note.isPending) note.mutate([id, { visibility, text: said, mentions: internal ? namedIn(said) : [] }]);
  };
  if (!holds(session, "request.note")) return null;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {note.isError && <FailureNote error={note.error} />}
      <Others kind="request" id={id} writing={text.trim() !== ""} />
      <MentionBox
        box={box}
        value={text}
        change={setText}
        send={send}
        label={t("request.say")}
        hint={t("request.say")}
      />
      <div className="row-wrap" style={{ justifyContent: "flex-end" }}>
        {internal && (
          <Segmented
            value={visibility}
            aria-label={t("request.whoReads")}
            onChange={setVisibility}
            options={(["public", "internal"] as const).map((each) => ({
              value: each,
              label: t(`request.reads.${each}`),
            }))}
          />
        )}
        <Button type="primary" htmlType="submit" loading={note.isPending} disabled={!text.trim()}>
          {t("request.send")}
        </Button>
      </div>
    </form>
  );
}

// What was said and what happened, newest first, and a word of one's own.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { RequestDetail, Visibility } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { MentionBox, useColleagues } from "@/manage/desk/mention-box";
import { Others } from "@/manage/desk/presence";
import { useDraft } from "@/manage/desk/use-draft";
import { holds, useSession } from "@/shell/session";
import { useAct } from "./act";
import { requestActs, requestQueries } from "./api";
import { Told } from "./told";

const PickReply = lazy(() => import("@/manage/automation/pick").then((part) => ({ default: part.PickReply })));

/** Goes to the box, to say something to who asked or among us, or opens what is said often. */
export type SayTo = React.RefObject<(to: Visibility | "canned") => void>;

export function Conversation({ of, say }: { of: RequestDetail; say?: SayTo }) {
  const { t } = useText();
  const timeline = useQuery(requestQueries.timeline(of.id));
  return (
    <Panel title={t("request.conversation")}>
      <Say id={of.id} say={say} />
      <Answer of={timeline} bones={<PanelBones />}>
        {(entries) => <Told entries={[...entries].reverse()} />}
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
  const [picking, setPicking] = useState(false);
  const to = (which: Visibility | "canned") => {
    if (which === "canned") {
      if (internal) setPicking(true);
      return;
    }
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
        canned={internal ? () => setPicking(true) : undefined}
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
      {picking && (
        <Suspense>
          <PickReply
            of="request"
            id={id}
            close={() => setPicking(false)}
            insert={(words) => {
              setText((old) => (old.trim() ? `${old.trimEnd()}\n${words}` : words));
              box.current?.focus();
            }}
          />
        </Suspense>
      )}
    </form>
  );
}

// Says something: to the customer or among us, written or on the phone.
import { Button, Popover, Segmented } from "antd";
import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Incident } from "@/api/types";
import { useText } from "@/i18n";
import { listed } from "@/kit/format";
import { MentionBox, useColleagues } from "@/manage/desk/mention-box";
import { Others } from "@/manage/desk/presence";
import { useDraft } from "@/manage/desk/use-draft";
import { useAct } from "./api";
import { Files, useFiles } from "./files";

const PickReply = lazy(() => import("@/manage/automation/pick").then((part) => ({ default: part.PickReply })));

export function Reply({
  incident,
  box,
  put,
  reason,
  internalReason,
  answersTo,
  say,
  firstSaid,
}: {
  incident: Incident;
  box: React.RefObject<HTMLTextAreaElement | null>;
  /** Takes a line that others put into what is being written. */
  put: React.RefObject<(line: string) => void>;
  reason: string | null;
  internalReason: string | null;
  answersTo: string[];
  /** Goes to the box, to say something to the customer or among us, or opens what is said often. */
  say: React.RefObject<(to: "public" | "internal" | "canned") => void>;
  firstSaid: "public" | "internal";
}) {
  const { t, language } = useText();
  const run = useAct();
  const [text, setText] = useDraft(incident.id, "note");
  const { namedIn } = useColleagues();
  put.current = (line) => setText((old) => (old.trim() ? `${old.trimEnd()}\n${line}` : line));
  const [visibility, setVisibility] = useState<"public" | "internal">(firstSaid);
  const [picking, setPicking] = useState(false);
  say.current = (to) => {
    if (to === "canned") {
      if (internalReason === null) setPicking(true);
      return;
    }
    if (to === "public" || internalReason === null) setVisibility(to);
    box.current?.focus();
  };
  const [medium, setMedium] = useState<"note" | "call">("note");
  const files = useFiles(incident.id);
  if (reason) return null;
  const submit = () => {
    const said = text.trim();
    if (!said || files.busy) return;
    const given = files.given;
    setText("");
    files.put([]);
    const mentions = internalReason === null ? namedIn(said) : [];
    run.mutate(
      {
        incident,
        doing: { act: "note", visibility, medium, text: said, mentions, attachments: given.map((file) => file.id) },
      },
      // What was written meanwhile stays behind what comes back.
      {
        onError: () => {
          setText((now) => (now.trim() ? `${said}\n${now}` : said));
          files.put((now) => [...given, ...now]);
        },
      },
    );
  };
  return (
    <form
      className={`reply no-print${visibility === "public" ? " is-public" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onPaste={(event) => {
        if (event.clipboardData.files.length === 0) return;
        event.preventDefault();
        void files.add(event.clipboardData.files);
      }}
      onDragOver={(event) => event.dataTransfer.types.includes("Files") && event.preventDefault()}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        void files.add(event.dataTransfer.files);
      }}
    >
      <Others kind="incident" id={incident.id} writing={text.trim() !== ""} />
      <MentionBox
        box={box}
        value={text}
        change={setText}
        send={submit}
        canned={internalReason === null ? () => setPicking(true) : undefined}
        label={t("incident.act.note")}
        hint={t(`incident.replyHint.${internalReason === null ? visibility : "customer"}`)}
      />
      <div className="row-wrap">
        {internalReason === null && (
          <Segmented
            size="small"
            value={visibility}
            onChange={(value) => setVisibility(value)}
            options={(["public", "internal"] as const).map((code) => ({
              value: code,
              label: t(`incident.visibility.${code}`),
            }))}
          />
        )}
        {internalReason === null && (
          <Popover
            trigger="click"
            content={
              <Segmented
                value={medium}
                onChange={(value) => setMedium(value)}
                options={(["note", "call"] as const).map((code) => ({
                  value: code,
                  label: t(`incident.medium.${code}`),
                }))}
              />
            }
          >
            <Button size="small" type="text">
              {t(`incident.medium.${medium}`)} <ChevronDown size={13} />
            </Button>
          </Popover>
        )}
        {internalReason === null && (
          <Button size="small" type="text" aria-keyshortcuts=";" onClick={() => setPicking(true)}>
            {t("automation.pick.reply")} <kbd>;</kbd>
          </Button>
        )}
        <Files files={files} />
        <span className="grow" />
        <span className="faint wide-only">
          {visibility === "public" && internalReason === null && t("incident.publicHint")}
        </span>
        {visibility === "public" && medium === "note" && internalReason === null && answersTo.length > 0 && (
          <span className="faint">{t("mail.answersTo", { to: listed(answersTo, language) })}</span>
        )}
        <Button type="primary" size="small" htmlType="submit" disabled={!text.trim() || files.busy}>
          {t("incident.send")}
        </Button>
      </div>
      {picking && (
        <Suspense>
          <PickReply
            id={incident.id}
            close={() => setPicking(false)}
            insert={(words) => {
              put.current(words);
              box.current?.focus();
            }}
          />
        </Suspense>
      )}
    </form>
  );
}

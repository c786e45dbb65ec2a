// Says something: to the customer or among us, written or on the phone.
import { Button, Input, Popover, Segmented } from "antd";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { Incident } from "@/api/types";
import { useText } from "@/i18n";
import { listed } from "@/kit/format";
import { PickReply } from "@/manage/automation/pick";
import { useAct } from "./api";

export function Reply({
  incident,
  box,
  put,
  reason,
  internalReason,
  answersTo,
}: {
  incident: Incident;
  box: React.RefObject<HTMLTextAreaElement | null>;
  /** Takes a line that others put into what is being written. */
  put: React.RefObject<(line: string) => void>;
  reason: string | null;
  internalReason: string | null;
  answersTo: string[];
}) {
  const { t, language } = useText();
  const run = useAct();
  const [text, setText] = useState("");
  put.current = (line) => setText((old) => (old.trim() ? `${old.trimEnd()}\n${line}` : line));
  const [visibility, setVisibility] = useState<"public" | "internal">("public");
  const [picking, setPicking] = useState(false);
  const [medium, setMedium] = useState<"note" | "call">("note");
  if (reason) return null;
  const submit = () => {
    const said = text.trim();
    if (!said) return;
    setText("");
    run.mutate({ incident, doing: { act: "note", visibility, medium, text: said } }, { onError: () => setText(said) });
  };
  return (
    <form
      className={`reply no-print${visibility === "public" ? " is-public" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Input.TextArea
        ref={(instance) => {
          box.current = instance?.resizableTextArea?.textArea ?? null;
        }}
        autoSize={{ minRows: 2, maxRows: 10 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t(`incident.replyHint.${internalReason === null ? visibility : "customer"}`)}
        aria-label={t("incident.act.note")}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          if (event.key === "Escape") event.currentTarget.blur();
          // At the beginning of a line nobody writes a semicolon: there it opens the canned replies.
          if (
            event.key === ";" &&
            internalReason === null &&
            /(^|\n)$/.test(text.slice(0, event.currentTarget.selectionStart))
          ) {
            event.preventDefault();
            setPicking(true);
          }
        }}
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
        <span className="grow" />
        <span className="faint wide-only">
          {visibility === "public" && internalReason === null && t("incident.publicHint")}
        </span>
        {visibility === "public" && medium === "note" && internalReason === null && answersTo.length > 0 && (
          <span className="faint">{t("mail.answersTo", { to: listed(answersTo, language) })}</span>
        )}
        <Button type="primary" size="small" htmlType="submit" disabled={!text.trim()}>
          {t("incident.send")}
        </Button>
      </div>
      {picking && (
        <PickReply
          incident={incident.id}
          close={() => setPicking(false)}
          insert={(words) => {
            put.current(words);
            box.current?.focus();
          }}
        />
      )}
    </form>
  );
}

// What the last on duty left for the next.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useState } from "react";
import type { OnCall } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { useProblemText } from "@/kit/answer";
import { shortInstant } from "@/kit/format";
import { useMay } from "@/shell/session";
import { onCallActs } from "./api";

export function HandoverNote({ row }: { row: OnCall }) {
  const { t, language } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [text, setText] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: () => onCallActs.note(row.team.id, text ?? ""),
    onSuccess: () => {
      setText(null);
      void queries.invalidateQueries({ queryKey: ["on-call"] });
    },
    onError: (error) => message.error(problemText(error)),
  });
  return (
    <div className="on-call-part">
      <div className="row">
        <b className="grow">{t("onCall.note")}</b>
        {text === null && (
          <ActionButton size="small" reason={may("on_call.write")} onClick={() => setText("")}>
            {t("onCall.noteWrite")}
          </ActionButton>
        )}
      </div>
      {row.note ? (
        <p className="handover-note">
          {row.note.text}
          <span className="faint">
            {nameIn(language, row.note.by.display)} · {shortInstant(row.note.at)}
          </span>
        </p>
      ) : (
        text === null && <p className="faint">{t("onCall.noNote")}</p>
      )}
      {text !== null && (
        <div className="form">
          <Input.TextArea
            aria-label={t("onCall.note")}
            rows={3}
            maxLength={4000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="row" style={{ justifyContent: "flex-end" }}>
            <Button size="small" onClick={() => setText(null)}>
              {t("kit.cancel")}
            </Button>
            <Button
              size="small"
              type="primary"
              loading={save.isPending}
              disabled={text.trim() === ""}
              onClick={() => save.mutate()}
            >
              {t("kit.save")}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

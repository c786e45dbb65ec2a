// The reply: written here, approved by another, sent. Phrases to avoid are pointed out and keep nobody from sending.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useDeferredValue, useState } from "react";
import type { ComplaintDetail, PhraseHint } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { complaintActs, complaintQueries } from "./api";

export function Reply({ of }: { of: ComplaintDetail }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [text, setText] = useState(of.reply?.text ?? "");
  const writes = of.allowed.includes("reply");
  const late = useDeferredValue(text);
  const found = useQuery({ ...complaintQueries.phrases(late), enabled: writes && late.trim() !== "" });
  const again = { onSettled: () => void queries.invalidateQueries({ queryKey: ["complaint"] }) };
  const write = useMutation({ mutationFn: () => complaintActs.reply(of.id, of.version, text), ...again });
  const approve = useMutation({ mutationFn: () => complaintActs.approve(of.id, of.version), ...again });
  const send = useMutation({ mutationFn: () => complaintActs.send(of.id, of.version), ...again });
  const failed = write.error ?? approve.error ?? send.error;
  if (!writes && !of.reply) return null;
  return (
    <Panel title={t("complaint.reply")}>
      {failed && <FailureNote error={failed} />}
      {writes ? (
        <Input.TextArea
          aria-label={t("complaint.reply")}
          placeholder={t("complaint.replyExample")}
          autoSize={{ minRows: 5 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : (
        <p className="complaint-text">{of.reply?.text ?? t("complaint.erased")}</p>
      )}
      <Hints of={writes ? (found.data ?? []) : of.hints} />
      {of.reply?.author && (
        <p className="muted">
          {t("complaint.writtenBy", { who: of.reply.author.display })}
          {of.reply.approver && ` · ${t("complaint.approvedBy", { who: of.reply.approver.display })}`}
        </p>
      )}
      <div className="row-wrap complaint-acts">
        {writes && (
          <Button
            type="primary"
            loading={write.isPending}
            disabled={!text.trim() || text.trim() === of.reply?.text}
            onClick={() => write.mutate()}
          >
            {t("complaint.keepReply")}
          </Button>
        )}
        {of.allowed.includes("approve") && (
          <Button loading={approve.isPending} onClick={() => approve.mutate()}>
            {t("complaint.approve")}
          </Button>
        )}
        {of.allowed.includes("send") && (
          <Button type="primary" loading={send.isPending} onClick={() => send.mutate()}>
            {t("complaint.send")}
          </Button>
        )}
      </div>
      {of.state === "investigating" && of.reply && !of.allowed.includes("approve") && (
        <p className="help">{t("complaint.anotherApproves")}</p>
      )}
    </Panel>
  );
}

function Hints({ of }: { of: PhraseHint[] }) {
  const { t, language } = useText();
  if (of.length === 0) return null;
  return (
    <div role="status" aria-label={t("complaint.hints")}>
      <ul className="complaint-hints">
        {of.map((hint) => (
          <li key={hint.at}>{t("complaint.hint", { words: hint.words, better: nameIn(language, hint.better) })}</li>
        ))}
      </ul>
    </div>
  );
}

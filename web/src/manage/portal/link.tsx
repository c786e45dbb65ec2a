// The page behind the link of a mail that asks to approve. Works signed out and on a phone; only the buttons use it up.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { CircleCheckBig } from "lucide-react";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import { nameIn, setLanguage, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Outside } from "@/shell/outside";
import { money } from "../catalogue/shown";
import { requestNumber } from "../request/words";
import "@/observe/page/page.css";

export default function ApprovalLink() {
  const { t, language } = useText();
  const token = useSearchParams()[0].get("token") ?? "";
  const [text, setText] = useState("");
  const about = useQuery({
    queryKey: ["approval-link", token],
    enabled: token !== "",
    retry: false,
    queryFn: () => read(client.GET("/api/v1/approvals/link", { params: { query: { token } } })),
  });
  const answer = useMutation({
    mutationFn: (approved: boolean) =>
      read(client.POST("/api/v1/approvals/link", { body: { token, approved, text: text.trim() } })),
  });
  const theirs = about.data?.language;
  useEffect(() => {
    if ((theirs === "zh" || theirs === "en") && !localStorage.getItem("evenkeel.language")) setLanguage(theirs);
  }, [theirs]);
  const failure = answer.error ?? about.error;
  const what = about.data;
  return (
    <Outside>
      {answer.data ? (
        <div className="ack-done" role="status">
          <CircleCheckBig size={44} strokeWidth={1.6} aria-hidden />
          <h1>{t("portal.answered")}</h1>
          <p className="muted">{t("portal.answeredText")}</p>
        </div>
      ) : (
        <>
          <h1>{t(about.error ? "page.notUsable" : "portal.decide")}</h1>
          {failure && <FailureNote error={failure} />}
          {what && (
            <p className="lead">
              {t("portal.asksFor", { who: what.requester, item: nameIn(language, what.item) })}
              {what.price && ` · ${money(what.price.amount_minor, what.price.currency, language)}`}
              <span className="faint"> · {requestNumber(what.number)}</span>
            </p>
          )}
          {what && !what.open && <p className="muted">{t("portal.over")}</p>}
          {what?.open && (
            <div className="form">
              <Input.TextArea
                aria-label={t("portal.decideText")}
                placeholder={t("portal.decideText")}
                autoSize={{ minRows: 2 }}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
              <Button
                type="primary"
                block
                className="ack-button"
                loading={answer.isPending}
                onClick={() => answer.mutate(true)}
              >
                {t("portal.approve")}
              </Button>
              <Button
                danger
                block
                loading={answer.isPending}
                disabled={!text.trim()}
                onClick={() => answer.mutate(false)}
              >
                {t("portal.reject")}
              </Button>
            </div>
          )}
        </>
      )}
    </Outside>
  );
}

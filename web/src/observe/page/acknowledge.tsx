// The page behind the link in a page's mail. Works signed out and on a phone. Opening it uses nothing up: mail scanners
// open links; only the button does.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { CircleCheckBig } from "lucide-react";
import { useEffect } from "react";
import { Link, useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import { setLanguage, useText } from "@/i18n";
import { Bone, FailureNote } from "@/kit/answer";
import { incidentNumber } from "@/manage/incident/words";
import { path } from "@/path";
import { Outside } from "@/shell/outside";
import "./page.css";

type Word = "acknowledge" | "escalate" | "resolve";

/** The body as the server takes it: the document has another shape under the same name (an API token). */
type Body = never;

export default function Acknowledge() {
  const { t } = useText();
  const [query] = useSearchParams();
  const token = query.get("token") ?? "";
  const about = useQuery({
    queryKey: ["acknowledgement", token],
    enabled: token !== "",
    retry: false,
    queryFn: () => read(client.GET("/api/v1/acknowledgements", { params: { query: { token } } })),
  });
  const answer = useMutation({
    mutationFn: (what: Word) =>
      read(client.POST("/api/v1/acknowledgements", { body: { token, answer: what } as Body })),
  });
  const language = about.data?.language;
  useEffect(() => {
    // Whoever was woken reads their own language, unless they chose one in this browser.
    if ((language === "zh" || language === "en") && !localStorage.getItem("evenkeel.language")) setLanguage(language);
  }, [language]);

  const shown = answer.data ?? about.data;
  const what = shown && (
    <p className="ack-what">
      <b>{incidentNumber(shown.incident_number)}</b> {shown.title}
    </p>
  );
  if (answer.data) {
    const done =
      answer.variables === "escalate"
        ? { title: t("page.escalated"), text: t("page.escalatedText") }
        : answer.variables === "resolve"
          ? { title: t("page.resolved"), text: t("page.resolvedText") }
          : { title: t("page.done", { who: answer.data.person }), text: t("page.doneText") };
    return (
      <Outside>
        <div className="ack-done" role="status">
          <CircleCheckBig size={44} strokeWidth={1.6} aria-hidden />
          <h1>{done.title}</h1>
          {what}
          <p className="muted">{done.text}</p>
          <Link to={path.incidents({ view: "mine" })}>{t("page.open")}</Link>
        </div>
      </Outside>
    );
  }
  const over = about.data?.state === "over";
  const failure = answer.error ?? about.error;
  if (failure) {
    return (
      <Outside>
        <h1>{t("page.notUsable")}</h1>
        <div style={{ margin: "16px 0" }}>
          <FailureNote error={failure} />
        </div>
        <Link to={path.incidents({ view: "mine" })}>{t("page.open")}</Link>
      </Outside>
    );
  }
  return (
    <Outside>
      <h1>{t(over ? "page.over" : "page.title")}</h1>
      {what ?? (about.isPending && token !== "" ? <Bone w="80%" h={18} /> : null)}
      <p className="lead">{t(about.data?.state === "taken" ? "page.taken" : over ? "page.overText" : "page.lead")}</p>
      {!token && <p className="is-attention">{t("page.noToken")}</p>}
      <Button
        type="primary"
        block
        className="ack-button"
        disabled={!token}
        loading={answer.isPending}
        onClick={() => answer.mutate("acknowledge")}
      >
        {t("page.button")}
      </Button>
      {!over && (
        <div className="ack-others">
          <Button block disabled={!token} loading={answer.isPending} onClick={() => answer.mutate("escalate")}>
            {t("page.escalate")}
          </Button>
          <Button block disabled={!token} loading={answer.isPending} onClick={() => answer.mutate("resolve")}>
            {t("page.resolve")}
          </Button>
        </div>
      )}
      <p className="faint" style={{ marginTop: 14, textAlign: "center" }}>
        {t("page.once")}
      </p>
    </Outside>
  );
}

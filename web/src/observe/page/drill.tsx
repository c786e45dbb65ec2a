// The page behind the link of a drill. Works signed out and on a phone; opening it uses nothing up, only the button does.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { CircleCheckBig } from "lucide-react";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import { setLanguage, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Outside } from "@/shell/outside";
import "./page.css";

export default function DrillPage() {
  const { t } = useText();
  const token = useSearchParams()[0].get("token") ?? "";
  const about = useQuery({
    queryKey: ["drill", token],
    enabled: token !== "",
    retry: false,
    queryFn: () => read(client.GET("/api/v1/drills", { params: { query: { token } } })),
  });
  const answer = useMutation({ mutationFn: () => read(client.POST("/api/v1/drills", { body: { token } })) });
  const language = about.data?.language;
  useEffect(() => {
    if ((language === "zh" || language === "en") && !localStorage.getItem("evenkeel.language")) setLanguage(language);
  }, [language]);
  const failure = answer.error ?? about.error;
  return (
    <Outside>
      {answer.data ? (
        <div className="ack-done" role="status">
          <CircleCheckBig size={44} strokeWidth={1.6} aria-hidden />
          <h1>{t("page.drillDone")}</h1>
          <p className="muted">{t("page.drillDoneText")}</p>
        </div>
      ) : (
        <>
          <h1>{t(failure ? "page.notUsable" : "page.drillTitle")}</h1>
          {failure ? <FailureNote error={failure} /> : <p className="lead">{t("page.drillLead")}</p>}
          {!failure && (
            <Button
              type="primary"
              block
              className="ack-button"
              disabled={!token}
              loading={answer.isPending}
              onClick={() => answer.mutate()}
            >
              {t("page.drillButton")}
            </Button>
          )}
        </>
      )}
    </Outside>
  );
}

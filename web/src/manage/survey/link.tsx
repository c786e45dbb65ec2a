// The page behind a survey's link. Works signed out and on a phone; opening it answers nothing, one press does.
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheckBig } from "lucide-react";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import type { SurveyAnswerBody } from "@/api/types";
import { setLanguage, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Outside } from "@/shell/outside";
import { surveyActs, surveyQueries } from "./api";
import { SurveyForm } from "./form";
import "@/observe/page/page.css";

export default function SurveyLink() {
  const { t } = useText();
  const search = useSearchParams()[0];
  const token = search.get("token") ?? "";
  const clicked = search.get("score");
  const asked = useQuery(surveyQueries.link(token));
  const answer = useMutation({ mutationFn: (body: SurveyAnswerBody | null) => surveyActs.byLink(token, body) });
  const theirs = asked.data?.language;
  useEffect(() => {
    if ((theirs === "zh" || theirs === "en") && !localStorage.getItem("evenkeel.language")) setLanguage(theirs);
  }, [theirs]);
  return (
    <Outside>
      {answer.data ? (
        <div className="ack-done" role="status">
          <CircleCheckBig size={44} strokeWidth={1.6} aria-hidden />
          <h1>{t(answer.data.state === "answered" ? "survey.thanks" : "survey.declined")}</h1>
        </div>
      ) : (
        <>
          <h1>{t(asked.error ? "page.notUsable" : "survey.ask")}</h1>
          {asked.error && <FailureNote error={asked.error} />}
          {asked.data && !asked.data.open && <p className="muted">{t("survey.over")}</p>}
          {asked.data?.open && (
            <SurveyForm
              of={asked.data}
              marked={clicked !== null && /^\d+$/.test(clicked) ? Number(clicked) : null}
              busy={answer.isPending}
              failed={answer.error}
              answer={(body) => answer.mutate(body)}
              decline={() => answer.mutate(null)}
            />
          )}
        </>
      )}
    </Outside>
  );
}

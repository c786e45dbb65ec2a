// In the portal: what one is asked.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SurveyAnswerBody, SurveyAsked } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { holds, useSession } from "@/shell/session";
import { surveyActs, surveyQueries } from "./api";
import { SurveyForm } from "./form";

export function MySurveys() {
  const session = useSession();
  const mine = useQuery({ ...surveyQueries.mine(), enabled: holds(session, "survey.answer") });
  return mine.data?.map((asked) => <One key={asked.id} of={asked} />) ?? null;
}

function One({ of }: { of: SurveyAsked }) {
  const { language } = useText();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (body: SurveyAnswerBody | null) => (body ? surveyActs.answer(of.id, body) : surveyActs.decline(of.id)),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["survey"] }),
  });
  return (
    <Panel title={nameIn(language, of.display)}>
      <SurveyForm
        of={of}
        marked={null}
        busy={act.isPending}
        failed={act.error}
        answer={(body) => act.mutate(body)}
        decline={() => act.mutate(null)}
      />
    </Panel>
  );
}

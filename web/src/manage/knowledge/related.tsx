// Beside a ticket: the articles and the past tickets that help.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import type { SearchHit } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { useProblemText } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { knowledgeActs, knowledgeQueries } from "./api";
import { Hits } from "./hits";
import { hitNumber, titleOf } from "./words";

export function RelatedPanel({
  kind,
  id,
  insert,
}: {
  kind: "incident" | "request";
  id: string;
  /** Puts a line into the reply that is being written. */
  insert?: (line: string) => void;
}) {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const words = useProblemText();
  const { data } = useQuery(knowledgeQueries.related(kind, id));
  const use = useMutation({
    mutationFn: (hit: SearchHit) => knowledgeActs.use(hit.id, kind, id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["knowledge"] }),
    onError: (error) => message.error(words(error)),
  });
  if (!data || data.linked.length + data.articles.length + data.tickets.length === 0) return null;
  const link = (hit: SearchHit) => {
    insert?.(`${hitNumber(hit)} ${titleOf(hit)} ${location.origin}${path.portalArticle(hit.id)}`);
    use.mutate(hit);
  };
  const acts = (hit: SearchHit, linked: boolean) => (
    <>
      {insert && (
        <Button size="small" type="text" onClick={() => link(hit)}>
          {t("knowledge.insert")}
        </Button>
      )}
      {!linked && (
        <ActionButton size="small" type="text" reason={may("knowledge.write")} onClick={() => use.mutate(hit)}>
          {t("knowledge.helped")}
        </ActionButton>
      )}
    </>
  );
  return (
    <Panel className="related" title={t("knowledge.related")}>
      {data.linked.length > 0 && (
        <>
          <h3 className="faint">{t("knowledge.linked")}</h3>
          <Hits hits={data.linked} brief acts={(hit) => acts(hit, true)} />
        </>
      )}
      {data.articles.length > 0 && (
        <>
          <h3 className="faint">{t("knowledge.mayHelp")}</h3>
          <Hits hits={data.articles} acts={(hit) => acts(hit, false)} />
        </>
      )}
      {data.tickets.length > 0 && (
        <>
          <h3 className="faint">{t("knowledge.like")}</h3>
          <Hits hits={data.tickets} brief />
        </>
      )}
    </Panel>
  );
}

// An article as those outside read it, and whether it helped: nothing is taken for granted.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import { useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { knowledgeActs, knowledgeQueries } from "../knowledge/api";
import { ArticleBody } from "../knowledge/body";
import { articleNumber } from "../knowledge/words";
import { PortalPage } from "./page";

export default function PortalArticle() {
  const { t } = useText();
  const { id = "" } = useParams();
  const [query] = useSearchParams();
  const found = query.get("found") === "1";
  const article = useQuery(knowledgeQueries.one(id));
  const there = article.isSuccess;
  useEffect(() => {
    // That it was opened is counted once a visit; a failure is nobody's trouble.
    if (there) void knowledgeActs.opened(id, found).catch(() => {});
  }, [id, found, there]);
  if (article.error instanceof Refusal && article.error.status === 404) return <Missing />;
  return (
    <Answer of={article} bones={<PanelBones height={300} />}>
      {(one) => (
        <PortalPage
          crumb={{ to: path.portal(), label: t("portal.title") }}
          title={one.title || t("knowledge.erased")}
          sub={<span className="faint">{articleNumber(one.number)}</span>}
        >
          <ArticleBody html={one.html} language={one.language} />
          <Helped id={id} rated={one.rated} />
        </PortalPage>
      )}
    </Answer>
  );
}

function Helped({ id, rated }: { id: string; rated: boolean | null }) {
  const { t } = useText();
  const queries = useQueryClient();
  const rate = useMutation({
    mutationFn: (helpful: boolean) => knowledgeActs.rate(id, helpful),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["knowledge", "one", id] }),
  });
  return (
    <section className="row-wrap" style={{ marginTop: 24 }} aria-label={t("portal.helped")}>
      <span>{t("portal.helped")}</span>
      <Button
        type={rated === true ? "primary" : "default"}
        aria-pressed={rated === true}
        onClick={() => rate.mutate(true)}
      >
        {t("portal.yes")}
      </Button>
      <Button
        type={rated === false ? "primary" : "default"}
        aria-pressed={rated === false}
        onClick={() => rate.mutate(false)}
      >
        {t("portal.no")}
      </Button>
      {rated === false && <Link to={path.portal()}>{t("portal.askInstead")}</Link>}
    </section>
  );
}

// An edition as it was published.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import { useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { reviewQueries } from "./api";
import { FactorTable, Fishbone } from "./factors";
import { LineList } from "./lines";
import { StoryText } from "./story";
import "../ticket.css";

export default function Edition() {
  const { id = "", edition = "" } = useParams();
  const { t } = useText();
  const found = useQuery(reviewQueries.edition(id, Number(edition)));
  if (found.error instanceof Refusal && found.error.status === 404) return <Missing />;
  return (
    <Answer of={found} bones={<PanelBones height={320} />}>
      {(it) => (
        <div className="page review">
          <PageHead
            crumb={{ to: path.review(id), label: t("review.review") }}
            title={t("review.asPublished", { n: it.edition })}
            sub={
              <span>
                {t("review.publishedAt")} <Ago at={it.at} />
              </span>
            }
          />
          <div className="ticket-grid">
            <div className="stack">
              <Panel title={t("review.story.story")}>
                <StoryText story={it.story} />
              </Panel>
              <Panel title={t("review.line.lines")}>
                <LineList lines={it.lines.filter((line) => line.from === "hand" || !line.hidden)} />
              </Panel>
            </div>
            <Panel title={t("review.factor.factors")}>
              <Fishbone factors={it.factors} />
              {it.factors.length === 0 ? (
                <Empty compact title={t("review.factor.none")} />
              ) : (
                <FactorTable factors={it.factors} />
              )}
            </Panel>
          </div>
        </div>
      )}
    </Answer>
  );
}

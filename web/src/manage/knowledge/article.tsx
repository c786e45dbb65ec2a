// One article as staff reads it: its words, where it stands, its versions, who answers for it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { lazy, Suspense, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import type { ArticleDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, FailureNote, PanelBones, useProblemText } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { PersonRef } from "@/manage/party/refs";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { useMay } from "@/shell/session";
import { type ArticleStep, knowledgeActs, knowledgeQueries } from "./api";
import { ArticleBody } from "./body";
import { articleNumber, STATE_TONE } from "./words";

const Versions = lazy(() => import("./versions").then((part) => ({ default: part.Versions })));

export default function ArticlePage() {
  const { id = "" } = useParams();
  const article = useQuery(knowledgeQueries.one(id));
  if (article.error instanceof Refusal && article.error.status === 404) return <Missing />;
  return (
    <Answer
      of={article}
      bones={
        <div className="page">
          <PanelBones height={300} />
        </div>
      }
    >
      {(found) => <Detail article={found} />}
    </Answer>
  );
}

function Detail({ article }: { article: ArticleDetail }) {
  const { t } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const words = useProblemText();
  const step = useMutation({
    mutationFn: (which: ArticleStep) => knowledgeActs.step(article.id, article.version, which),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["knowledge"] }),
    onError: (error) => message.error(words(error)),
  });
  const steps = article.allowed as ArticleStep[];
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.articles(), label: t("knowledge.articles") }}
        title={
          <>
            <span className="faint">{articleNumber(article.number)}</span> {article.title || t("knowledge.erased")}
          </>
        }
        sub={
          <span className="row-wrap">
            <Status tone={STATE_TONE[article.state]} word={t(`knowledge.state.${article.state}`)} pill />
            <span>{t(`knowledge.kind.${article.kind}`)}</span>
            <span>{t(`knowledge.visibility.${article.visibility}`)}</span>
            <span className="faint">
              {t("knowledge.versionNo", { no: article.no })}
              {article.live_no !== null &&
                article.live_no !== article.no &&
                ` · ${t("knowledge.liveNo", { no: article.live_no })}`}
            </span>
          </span>
        }
        actions={
          <>
            {steps.map((one, place) => (
              <Button key={one} type={place === 0 ? "primary" : "default"} onClick={() => step.mutate(one)}>
                {t(`knowledge.step.${one}`)}
              </Button>
            ))}
            {article.state !== "retired" && (
              <ActionButton reason={may("knowledge.write")} onClick={() => navigate(path.articleEdit(article.id))}>
                {t("knowledge.edit")}
              </ActionButton>
            )}
          </>
        }
      />
      <div className="article-grid">
        <section className="panel" aria-label={t("knowledge.body")}>
          <div style={{ padding: 16 }}>
            <ArticleBody html={article.html} language={article.language} />
          </div>
        </section>
        <div className="stack">
          <About article={article} />
          {article.inside && may("knowledge.write") === null && (
            <Suspense>
              <Versions article={article} />
            </Suspense>
          )}
        </div>
      </div>
    </div>
  );
}

function About({ article }: { article: ArticleDetail }) {
  const { t, language } = useText();
  const { inside } = article;
  if (!inside) return null;
  return (
    <Panel title={t("knowledge.about")}>
      <dl className="facts">
        <dt>{t("knowledge.owner")}</dt>
        <dd>
          <PersonRef id={inside.owner.id} display={inside.owner.display} />
        </dd>
        <dt>{t("knowledge.services")}</dt>
        <dd className="row-wrap">
          {article.services.length === 0 && "—"}
          {article.services.map((service) => (
            <ServiceRef key={service.id} id={service.id} display={service.display}>
              {nameIn(language, service.display)}
            </ServiceRef>
          ))}
        </dd>
        {article.organisations.length > 0 && (
          <>
            <dt>{t("knowledge.readers")}</dt>
            <dd>{article.organisations.map((one) => nameIn(language, one.display)).join(", ")}</dd>
          </>
        )}
        <dt>{t("knowledge.uses")}</dt>
        <dd>{inside.uses}</dd>
        <dt>{t("knowledge.helpful")}</dt>
        <dd>{t("knowledge.helpfulOf", { yes: inside.helpful, n: inside.helpful + inside.unhelpful })}</dd>
        <dt>{t("knowledge.reviewOn")}</dt>
        <dd>
          {inside.stale ? (
            <Status tone="attention" word={t("knowledge.due", { on: inside.review_on })} />
          ) : (
            inside.review_on
          )}
        </dd>
      </dl>
      {article.state !== "retired" && <Review article={article} />}
    </Panel>
  );
}

function Review({ article }: { article: ArticleDetail }) {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const [on, setOn] = useState<Dayjs | null>(dayjs().add(6, "month"));
  const review = useMutation({
    mutationFn: () =>
      knowledgeActs.review(article.id, article.version, { review_on: on?.format("YYYY-MM-DD") ?? "", reviewed: true }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["knowledge"] }),
  });
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      {review.isError && <FailureNote error={review.error} />}
      <div className="row-wrap">
        <DatePicker value={on} onChange={setOn} aria-label={t("knowledge.nextReview")} />
        <ActionButton
          reason={may("knowledge.write")}
          disabled={!on}
          loading={review.isPending}
          onClick={() => review.mutate()}
        >
          {t("knowledge.stillRight")}
        </ActionButton>
      </div>
    </div>
  );
}

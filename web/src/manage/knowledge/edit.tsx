// Write an article, or its next version: Markdown beside what readers will see. What is typed is kept in this browser until it is saved.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useDeferredValue, useEffect, useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { ArticleContent, ArticleDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { PageHead } from "@/kit/panel";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { Choose } from "@/shell/choose";
import { knowledgeActs, knowledgeQueries } from "./api";
import { ArticleBody } from "./body";
import { KINDS, VISIBILITIES } from "./words";

export default function EditPage() {
  const { id } = useParams();
  const article = useQuery({ ...knowledgeQueries.one(id ?? ""), enabled: id !== undefined });
  if (id === undefined) return <Form />;
  return (
    <Answer of={article} bones={<PanelBones height={300} />}>
      {(found) => <Form key={found.id} article={found} />}
    </Answer>
  );
}

const keyOf = (article?: ArticleDetail) => `evenkeel.article.${article?.id ?? "new"}`;

function kept(article?: ArticleDetail): ArticleContent | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(article)) ?? "null");
  } catch {
    return null;
  }
}

function Form({ article }: { article?: ArticleDetail }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const organisations = useQuery(partyQueries.organisations());
  const saved: ArticleContent = article
    ? {
        title: article.title,
        body: article.body ?? "",
        kind: article.kind,
        language: article.language,
        visibility: article.visibility,
        services: article.services.map((one) => one.id),
        organisations: article.organisations.map((one) => one.id),
      }
    : { title: "", body: "", kind: "how_to", language, visibility: "internal", services: [], organisations: [] };
  const [content, setContent] = useState<ArticleContent>(() => kept(article) ?? saved);
  const [restored] = useState(() => kept(article) !== null);
  const set = (part: Partial<ArticleContent>) => setContent((old) => ({ ...old, ...part }));
  const body = useDeferredValue(content.body);
  const preview = useQuery({ ...knowledgeQueries.preview(body), enabled: body.trim() !== "" });
  useEffect(() => {
    if (content.title || content.body) localStorage.setItem(keyOf(article), JSON.stringify(content));
  }, [content, article]);
  const save = useMutation({
    mutationFn: () => {
      const sent = { ...content, organisations: content.visibility === "organisations" ? content.organisations : [] };
      return article ? knowledgeActs.save(article.id, article.version, sent) : knowledgeActs.create(sent);
    },
    onSuccess: (done) => {
      localStorage.removeItem(keyOf(article));
      void queries.invalidateQueries({ queryKey: ["knowledge"] });
      navigate(path.article(done.id));
    },
  });
  const discard = () => {
    localStorage.removeItem(keyOf(article));
    setContent(saved);
  };
  return (
    <div className="page">
      <PageHead
        crumb={{ to: article ? path.article(article.id) : path.articles(), label: t("knowledge.articles") }}
        title={article ? t("knowledge.editing", { title: article.title }) : t("knowledge.write")}
        sub={restored ? t("knowledge.restored") : undefined}
        actions={
          <>
            <Button onClick={discard}>{t("knowledge.discard")}</Button>
            <Button
              type="primary"
              loading={save.isPending}
              disabled={!content.title.trim() || !content.body.trim()}
              onClick={() => save.mutate()}
            >
              {t("knowledge.save")}
            </Button>
          </>
        }
      />
      {save.isError && <FailureNote error={save.error} />}
      <div className="article-edit">
        <div className="stack form">
          <div className="field">
            <label htmlFor="article-title">{t("knowledge.title")}</label>
            <Input
              id="article-title"
              maxLength={300}
              value={content.title}
              onChange={(event) => set({ title: event.target.value })}
            />
          </div>
          <div className="row-wrap">
            <Choose
              grow
              label={t("knowledge.what")}
              value={content.kind}
              onChange={(kind) => set({ kind: kind as ArticleContent["kind"] })}
              options={KINDS.map((kind) => ({ value: kind, label: t(`knowledge.kind.${kind}`) }))}
            />
            <Choose
              grow
              label={t("knowledge.language")}
              value={content.language}
              onChange={(chosen) => set({ language: chosen as ArticleContent["language"] })}
              options={[
                { value: "zh", label: "中文" },
                { value: "en", label: "English" },
              ]}
            />
            <Choose
              grow
              label={t("knowledge.forWhom")}
              value={content.visibility}
              onChange={(visibility) => set({ visibility: visibility as ArticleContent["visibility"] })}
              options={VISIBILITIES.map((one) => ({ value: one, label: t(`knowledge.visibility.${one}`) }))}
            />
          </div>
          {content.visibility === "organisations" && (
            <Several
              label={t("knowledge.readers")}
              value={content.organisations ?? []}
              onChange={(chosen) => set({ organisations: chosen })}
              options={(organisations.data ?? []).map((one) => ({
                value: one.id,
                label: nameIn(language, one.display),
              }))}
            />
          )}
          <Several
            label={t("knowledge.services")}
            value={content.services ?? []}
            onChange={(chosen) => set({ services: chosen })}
            options={(services.data ?? []).map((one) => ({ value: one.id, label: nameIn(language, one.display) }))}
          />
          {content.body.trim() === "" && (
            <Button onClick={() => set({ body: t(`knowledge.template.${content.kind}`) })}>
              {t("knowledge.useTemplate")}
            </Button>
          )}
          <div className="field">
            <label htmlFor="article-body">{t("knowledge.body")}</label>
            <Input.TextArea
              id="article-body"
              autoSize={{ minRows: 14 }}
              maxLength={100_000}
              value={content.body}
              onChange={(event) => set({ body: event.target.value })}
            />
            <p className="help">{t("knowledge.markdown")}</p>
          </div>
        </div>
        <section className="panel" aria-label={t("knowledge.preview")}>
          <div style={{ padding: 16 }}>
            {body.trim() === "" ? (
              <p className="faint">{t("knowledge.preview")}</p>
            ) : (
              <ArticleBody html={preview.data?.html ?? ""} language={content.language} />
            )}
          </div>
        </section>
      </div>
    </div>
  );
}

function Several({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  options: { value: string; label: string }[];
}) {
  return (
    <div className="field">
      <span className="label">{label}</span>
      <Select
        mode="multiple"
        aria-label={label}
        style={{ width: "100%" }}
        value={value}
        onChange={onChange}
        options={options}
        showSearch={{ optionFilterProp: "label" }}
      />
    </div>
  );
}

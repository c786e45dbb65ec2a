// The body of an article. The server draws it from Markdown and puts nothing active into it (crates/manage/src/knowledge/render.rs).
import "./knowledge.css";

export function ArticleBody({ html, language }: { html: string; language?: "zh" | "en" }) {
  return (
    <div
      className="article-body"
      lang={language === undefined ? undefined : language === "zh" ? "zh-CN" : "en"}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: see above
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

// The story in words: read as drawn, written as Markdown. What is written stays when somebody else was faster.
import { Button, Input } from "antd";
import { useState } from "react";
import type { ReviewDetail, ReviewTold } from "@/api/types";
import { useText } from "@/i18n";
import { Empty, FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { ArticleBody } from "@/manage/knowledge/body";
import { useEdit } from "./api";

const PARTS = ["summary", "went_well", "went_badly", "lucky"] as const;

export function StoryText({ story }: { story: ReviewTold["story"] }) {
  const { t } = useText();
  const written = PARTS.filter((part) => story[part]);
  if (written.length === 0) return <Empty compact title={t("review.story.none")} text={t("review.story.noneText")} />;
  return (
    <>
      {written.map((part) => (
        <section key={part}>
          <h3>{t(`review.story.${part}`)}</h3>
          <ArticleBody html={story[part]?.html ?? ""} />
        </section>
      ))}
    </>
  );
}

export function Story({ review, edits }: { review: ReviewDetail; edits: boolean }) {
  const { t } = useText();
  const [writing, setWriting] = useState(false);
  return (
    <Panel
      title={t("review.story.story")}
      actions={
        edits &&
        !writing && (
          <Button size="small" onClick={() => setWriting(true)}>
            {t("review.story.write")}
          </Button>
        )
      }
    >
      {writing ? <Write review={review} close={() => setWriting(false)} /> : <StoryText story={review.story} />}
    </Panel>
  );
}

function Write({ review, close }: { review: ReviewDetail; close: () => void }) {
  const { t } = useText();
  const edit = useEdit(review);
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(PARTS.map((part) => [part, review.story[part]?.text ?? ""])),
  );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        edit.mutate({ edit: "story", ...texts }, { onSuccess: close });
      }}
    >
      {edit.isError && <FailureNote error={edit.error} />}
      {PARTS.map((part) => (
        <div className="field" key={part}>
          <label htmlFor={`story-${part}`}>{t(`review.story.${part}`)}</label>
          <Input.TextArea
            id={`story-${part}`}
            autoFocus={part === "summary"}
            autoSize={{ minRows: part === "summary" ? 3 : 2 }}
            value={texts[part]}
            onChange={(event) => setTexts({ ...texts, [part]: event.target.value })}
          />
        </div>
      ))}
      <p className="help">{t("review.story.markdown")}</p>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={edit.isPending}>
          {t("kit.save")}
        </Button>
      </div>
    </form>
  );
}

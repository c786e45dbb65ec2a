// Posts with their words, newest first; a word can be said otherwise, and what waits can be taken back.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { lazy, Suspense, useState } from "react";
import type { StatusPage, StatusPost, StatusUpdate } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote, useProblemText } from "@/kit/answer";
import { shortInstant } from "@/kit/format";
import { Status } from "@/kit/status";
import { useMay } from "@/shell/session";
import { statusPageActs } from "./api";
import { isEnd, nextState, POST_TONE } from "./words";

const GoOnForm = lazy(() => import("./go-on-form").then((part) => ({ default: part.GoOnForm })));

export function Posts({ posts, page }: { posts: StatusPost[]; page: StatusPage }) {
  return (
    <ul className="stack status-posts">
      {posts.map((post) => (
        <Post key={post.id} post={post} page={page} />
      ))}
    </ul>
  );
}

export function Post({
  post,
  page,
  resolve = false,
}: {
  post: StatusPost;
  page: StatusPage | null;
  resolve?: boolean;
}) {
  const { t, language } = useText();
  const may = useMay();
  const [going, setGoing] = useState(false);
  const names = post.components.map((hurt) => {
    const all = page?.definition.groups.flatMap((group) => group.components) ?? [];
    return nameIn(language, all.find((one) => one.key === hurt.component)?.name) || hurt.component;
  });
  return (
    <li className="status-post">
      <div className="row-wrap">
        <b className="grow">{post.title ? nameIn(language, post.title) : t("statusPage.erased")}</b>
        <Status tone={POST_TONE[post.state]} word={t(`statusPage.postState.${post.state}`)} pill />
      </div>
      {post.window && (
        <p className="muted">
          {shortInstant(post.window.from)} – {shortInstant(post.window.to)}
        </p>
      )}
      {names.length > 0 && <p className="faint">{names.join(t("statusPage.and"))}</p>}
      <ol className="status-words">
        {[...post.updates].reverse().map((update) => (
          <Word key={update.id} update={update} />
        ))}
      </ol>
      {!post.ended_at && (
        <ActionButton
          size="small"
          type={resolve ? "primary" : "default"}
          reason={may("status_page.post")}
          onClick={() => setGoing(true)}
        >
          {t(resolve ? "statusPage.sayResolved" : "statusPage.goOn")}
        </ActionButton>
      )}
      {going && (
        <Suspense>
          <GoOnForm
            post={post}
            page={page}
            first={
              resolve
                ? isEnd(post.state)
                  ? post.state
                  : post.window
                    ? "completed"
                    : "resolved"
                : nextState(post.state)
            }
            close={() => setGoing(false)}
          />
        </Suspense>
      )}
    </li>
  );
}

function Word({ update }: { update: StatusUpdate }) {
  const { t, language } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problem = useProblemText();
  const [text, setText] = useState<{ zh: string; en: string } | null>(null);
  const fresh = () => void queries.invalidateQueries({ queryKey: ["status-page"] });
  const correct = useMutation({
    mutationFn: (words: { zh: string; en: string }) => statusPageActs.correct(update.id, { text: words }),
    onSuccess: () => {
      fresh();
      setText(null);
    },
  });
  const withdraw = useMutation({
    mutationFn: () => statusPageActs.withdraw(update.id),
    onSuccess: fresh,
    onError: (error) => message.error(problem(error)),
  });
  return (
    <li>
      <div className="row-wrap">
        <b>{t(`statusPage.postState.${update.state}`)}</b>
        <span className="faint grow">
          {shortInstant(update.published_at ?? update.at)}
          {!update.published_at && ` · ${t("statusPage.waits")}`}
          {update.edited_at && ` · ${t("statusPage.edited")} ${shortInstant(update.edited_at)}`}
          {update.author && ` · ${update.author.display}`}
        </span>
        {may("status_page.post") === null && update.text && !text && (
          <Button size="small" type="text" onClick={() => setText(update.text)}>
            {t("statusPage.correct")}
          </Button>
        )}
        {may("status_page.post") === null && !update.published_at && (
          <Button size="small" type="text" danger loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t("statusPage.withdraw")}
          </Button>
        )}
      </div>
      {text ? (
        <div className="stack" style={{ gap: 8 }}>
          {correct.isError && <FailureNote error={correct.error} />}
          {(["zh", "en"] as const).map((each) => (
            <Input.TextArea
              key={each}
              aria-label={t(`statusPage.text.${each}`)}
              autoSize={{ minRows: 2 }}
              value={text[each]}
              onChange={(event) => setText({ ...text, [each]: event.target.value })}
            />
          ))}
          <div className="row">
            <Button size="small" type="primary" loading={correct.isPending} onClick={() => correct.mutate(text)}>
              {t("statusPage.saveCorrection")}
            </Button>
            <Button size="small" onClick={() => setText(null)}>
              {t("kit.cancel")}
            </Button>
          </div>
        </div>
      ) : (
        <p>{update.text ? nameIn(language, update.text) : t("statusPage.erased")}</p>
      )}
    </li>
  );
}

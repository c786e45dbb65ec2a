// What happened: the lines of the ledger, each kept, hidden or commented, and the lines that people added.
import { Button, DatePicker, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import type { ReviewDetail, ReviewLine, TimelineEntry } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Empty, FailureNote } from "@/kit/answer";
import { shortInstant } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { tell } from "@/manage/incident/timeline";
import { useNames } from "@/manage/party/names";
import { useEdit } from "./api";
import "./review.css";

type Entry = TimelineEntry;

/** What a line of the ledger is called, and whether it is small enough to be passed over. */
export function useTold(): (entry: Entry) => { title: string; sub?: string; quiet?: boolean } {
  const { t, language } = useText();
  const name = useNames();
  return (entry) =>
    tell(
      entry,
      t,
      (id) => nameIn(language, entry.names[String(id)]) || name(id),
      (agreement) => agreement,
    );
}

const keyOf = (line: ReviewLine) => (line.from === "ledger" ? `line-${line.entry.seq}` : `line-${line.id}`);

export function LineList({ lines, acts }: { lines: ReviewLine[]; acts?: (line: ReviewLine) => React.ReactNode }) {
  const { t } = useText();
  const told = useTold();
  return (
    <ol className="review-lines" aria-label={t("review.line.lines")}>
      {lines.map((line) => {
        if (line.from === "hand")
          return (
            <li key={keyOf(line)} id={keyOf(line)}>
              <time dateTime={line.at}>{shortInstant(line.at)}</time>
              <div>
                <span className="faint">{t("review.line.added")}</span> <b>{line.text || t("review.erased")}</b>
                {acts?.(line)}
              </div>
            </li>
          );
        const it = told(line.entry);
        const { actor } = line.entry;
        return (
          <li key={keyOf(line)} id={keyOf(line)} className={line.hidden ? "is-hidden" : undefined}>
            <time dateTime={line.entry.at}>{shortInstant(line.entry.at)}</time>
            <div>
              <b>{it.title}</b>{" "}
              <span className="faint">
                {[it.sub, actor.kind === "system" ? textOf(t, "incident.actor", actor.id) : actor.display]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
              {line.hidden && <span className="faint"> · {t("review.line.hidden")}</span>}
              {line.entry.text && line.entry.kind !== "incident.opened" && (
                <p className="ticket-text">{line.entry.text}</p>
              )}
              {line.comment && <p className="review-comment">{line.comment}</p>}
              {acts?.(line)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

export function Lines({ review, edits }: { review: ReviewDetail; edits: boolean }) {
  const { t } = useText();
  const told = useTold();
  const edit = useEdit(review);
  const [all, setAll] = useState(false);
  const [adding, setAdding] = useState(false);
  const [commenting, setCommenting] = useState<number | null>(null);
  const small = (line: ReviewLine) =>
    line.from === "ledger" && !line.comment && (line.hidden || Boolean(told(line.entry).quiet));
  const shown = all ? review.lines : review.lines.filter((line) => !small(line));
  const rest = review.lines.length - shown.length;
  const acts = (line: ReviewLine) => {
    if (line.from === "hand")
      return (
        <span className="review-acts">
          <Button size="small" type="text" onClick={() => edit.mutate({ edit: "line_removed", id: line.id })}>
            {t("review.line.remove")}
          </Button>
        </span>
      );
    const { seq } = line.entry;
    const mark = (hidden: boolean) => edit.mutate({ edit: "mark", seq, hidden, comment: line.comment });
    if (commenting === seq) return <Comment review={review} line={line} close={() => setCommenting(null)} />;
    return (
      <span className="review-acts">
        <Button size="small" type="text" onClick={() => mark(!line.hidden)}>
          {line.hidden ? t("review.line.show") : t("review.line.hide")}
        </Button>
        <Button size="small" type="text" onClick={() => setCommenting(seq)}>
          {t("review.line.comment")}
        </Button>
      </span>
    );
  };
  return (
    <Panel
      title={t("review.line.lines")}
      hint={t("review.line.hint")}
      actions={
        edits && (
          <Button size="small" onClick={() => setAdding(true)}>
            {t("review.line.add")}
          </Button>
        )
      }
    >
      {edit.isError && <FailureNote error={edit.error} />}
      {adding && <Add review={review} close={() => setAdding(false)} />}
      {review.lines.length === 0 ? (
        <Empty compact title={t("incident.timelineEmpty")} />
      ) : (
        <LineList lines={shown} acts={edits ? acts : undefined} />
      )}
      {(rest > 0 || all) && (
        <Button size="small" type="text" onClick={() => setAll(!all)}>
          {all ? t("review.line.fewer") : t("review.line.all", { n: rest })}
        </Button>
      )}
    </Panel>
  );
}

function Comment({
  review,
  line,
  close,
}: {
  review: ReviewDetail;
  line: Extract<ReviewLine, { from: "ledger" }>;
  close: () => void;
}) {
  const { t } = useText();
  const edit = useEdit(review);
  const [text, setText] = useState(line.comment ?? "");
  const { seq } = line.entry;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        edit.mutate(
          { edit: "mark", seq, hidden: line.hidden, comment: text.trim() || undefined },
          { onSuccess: close },
        );
      }}
    >
      {edit.isError && <FailureNote error={edit.error} />}
      <Input.TextArea
        autoFocus
        aria-label={t("review.line.comment")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row">
        <Button size="small" type="primary" htmlType="submit" loading={edit.isPending}>
          {t("kit.save")}
        </Button>
        <Button size="small" onClick={close}>
          {t("kit.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Add({ review, close }: { review: ReviewDetail; close: () => void }) {
  const { t } = useText();
  const edit = useEdit(review);
  const [at, setAt] = useState<Dayjs | null>(() => {
    const last = review.lines.at(-1);
    return last ? dayjs(last.from === "hand" ? last.at : last.entry.at) : dayjs();
  });
  const [text, setText] = useState("");
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!at || !text.trim()) return;
        edit.mutate({ edit: "line", at: at.toISOString(), text }, { onSuccess: close });
      }}
    >
      {edit.isError && <FailureNote error={edit.error} />}
      <div className="field">
        <label htmlFor="line-at">{t("review.line.at")}</label>
        <DatePicker id="line-at" showTime value={at} onChange={setAt} style={{ width: "100%" }} />
      </div>
      <div className="field">
        <label htmlFor="line-text">{t("review.line.text")}</label>
        <Input.TextArea
          id="line-text"
          autoFocus
          rows={2}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={edit.isPending} disabled={!at || !text.trim()}>
          {t("review.line.add")}
        </Button>
      </div>
    </form>
  );
}

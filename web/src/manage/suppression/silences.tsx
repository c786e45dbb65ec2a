import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import type { Silence } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones, useProblemText } from "@/kit/answer";
import { KindFilter } from "@/kit/filter";
import { shortInstant } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { useMay } from "@/shell/session";
import { silenceActs, silenceQueries } from "./api";
import { MatcherTags } from "./parts";

const TONE: Record<Silence["state"], Tone> = { active: "active", pending: "attention", expired: "unknown" };
const STATES = ["all", "active", "pending", "recurring", "expired"] as const;
type State = (typeof STATES)[number];

const passes = (silence: Silence, state: State): boolean =>
  state === "all"
    ? silence.state !== "expired"
    : state === "recurring"
      ? silence.recurring !== null && silence.state !== "expired"
      : silence.state === state;

export function Silences() {
  const { t } = useText();
  const silences = useQuery(silenceQueries.all());
  const [state, setState] = useState<State>("all");
  const rows = silences.data?.items ?? [];
  return (
    <>
      <KindFilter
        label={t("suppression.state.label")}
        kinds={STATES}
        value={state}
        word={(kind) => t(`suppression.state.${kind}`)}
        count={(kind) => (silences.data ? rows.filter((row) => passes(row, kind)).length : null)}
        set={(kind) => setState(STATES.find((each) => each === kind) ?? "all")}
      />
      <section className="panel flush">
        <Answer of={silences} bones={<TableBones rows={4} />}>
          {() => <List rows={rows.filter((row) => passes(row, state))} none={rows.length === 0} />}
        </Answer>
      </section>
    </>
  );
}

function List({ rows, none }: { rows: Silence[]; none: boolean }) {
  const { t } = useText();
  if (none)
    return (
      <Empty
        title={t("suppression.empty.title")}
        text={t("suppression.empty.text")}
        example={'amtool silence add service=shop --duration=2h --comment="new disk"'}
      />
    );
  if (rows.length === 0) return <Empty compact title={t("suppression.none")} />;
  const columns: Column<Silence>[] = [
    {
      key: "what",
      head: t("suppression.what"),
      cell: (row) => (
        <>
          <Status tone={TONE[row.state]} word={t(`suppression.state.${row.state}`)} pill />
          <MatcherTags matchers={row.matchers} />
          {row.comment && <p className="muted">{row.comment}</p>}
          <p className="faint">
            {row.author?.display ?? row.author_words}
            {row.author && row.author_words ? ` (${row.author_words})` : ""}
          </p>
        </>
      ),
    },
    { key: "when", head: t("suppression.when"), cell: (row) => <When silence={row} /> },
    { key: "holding", head: t("suppression.holding"), num: true, wideOnly: true, cell: (row) => row.holding },
    {
      key: "avoided",
      head: t("suppression.pagesAvoided"),
      num: true,
      wideOnly: true,
      cell: (row) => row.pages_avoided,
    },
    { key: "end", head: "", width: 90, cell: (row) => row.state !== "expired" && <EndButton silence={row} /> },
  ];
  return <Table label={t("suppression.view.silences")} columns={columns} rows={rows} />;
}

function When({ silence }: { silence: Silence }) {
  const { t } = useText();
  const { recurring, window } = silence;
  return (
    <div className="silence-when">
      <span>
        {shortInstant(silence.from)} – {shortInstant(silence.to)}
      </span>
      {recurring?.weekly.map((each) => (
        <span key={`${each.days.join()}${each.from}`} className="faint">
          {each.days.map((day) => t(`suppression.day.${day}`)).join(t("suppression.and"))} {each.from}–{each.to}{" "}
          {recurring.zone}
        </span>
      ))}
      {recurring && window && silence.state !== "expired" && (
        <span className="muted">
          {t(silence.state === "active" ? "suppression.nowUntil" : "suppression.next", {
            at: shortInstant(silence.state === "active" ? window.to : window.from),
          })}
        </span>
      )}
    </div>
  );
}

/** Ends a silence, and says so with a way back. */
function EndButton({ silence }: { silence: Silence }) {
  const { t } = useText();
  const { message } = App.useApp();
  const may = useMay();
  const queries = useQueryClient();
  const problem = useProblemText();
  const fresh = () => void queries.invalidateQueries({ queryKey: ["silence"] });
  const undo = async () => {
    const { id, matchers, from, to, recurring, comment } = silence;
    try {
      await silenceActs.put(id, { matchers, from, to, recurring: recurring ?? undefined, comment: comment ?? "" });
      message.destroy(id);
    } catch (error) {
      message.error(problem(error));
    }
    fresh();
  };
  const end = useMutation({
    mutationFn: () => silenceActs.end(silence.id),
    onSuccess: () => {
      fresh();
      message.open({
        key: silence.id,
        type: "success",
        duration: 8,
        content: (
          <span>
            {t("suppression.ended")}{" "}
            <Button type="link" size="small" onClick={() => void undo()}>
              {t("suppression.undo")}
            </Button>
          </span>
        ),
      });
    },
    onError: (error) => message.error(problem(error)),
  });
  return (
    <ActionButton size="small" reason={may("silence.write")} loading={end.isPending} onClick={() => end.mutate()}>
      {t("suppression.end")}
    </ActionButton>
  );
}

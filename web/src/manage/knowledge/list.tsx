// The knowledge base: what is written, what is due, what is one's own.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useNavigate } from "react-router";
import type { Article } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { knowledgeQueries } from "./api";
import { articleNumber, STATE_TONE } from "./words";

const WHICH = ["open", "stale", "mine", "retired"] as const;

export default function Articles() {
  const { t } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const filters = useFilters();
  const which = WHICH.find((one) => one === filters.get("which")) ?? "open";
  const articles = useQuery(knowledgeQueries.list(which));
  const columns: Column<Article>[] = [
    { key: "number", head: t("knowledge.number"), width: 100, cell: (row) => articleNumber(row.number) },
    {
      key: "title",
      head: t("knowledge.title"),
      cell: (row) => (
        <>
          <b>{row.title || t("knowledge.erased")}</b>
          <p className="faint">
            {t(`knowledge.kind.${row.kind}`)} · {t(`knowledge.visibility.${row.visibility}`)}
          </p>
        </>
      ),
    },
    {
      key: "state",
      head: t("knowledge.stands"),
      cell: (row) => <Status tone={STATE_TONE[row.state]} word={t(`knowledge.state.${row.state}`)} pill />,
    },
    { key: "uses", head: t("knowledge.uses"), num: true, wideOnly: true, cell: (row) => row.inside?.uses ?? "" },
    {
      key: "helpful",
      head: t("knowledge.helpful"),
      num: true,
      wideOnly: true,
      cell: (row) => row.inside && `${row.inside.helpful} / ${row.inside.helpful + row.inside.unhelpful}`,
    },
    {
      key: "review",
      head: t("knowledge.reviewOn"),
      wideOnly: true,
      cell: (row) =>
        row.inside &&
        (row.inside.stale ? <Status tone="attention" word={row.inside.review_on} /> : row.inside.review_on),
    },
    {
      key: "owner",
      head: t("knowledge.owner"),
      wideOnly: true,
      cell: (row) => row.inside && <PersonRef id={row.inside.owner.id} display={row.inside.owner.display} />,
    },
  ];
  return (
    <div className="page">
      <PageHead
        title={t("knowledge.articles")}
        sub={t("knowledge.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("knowledge.write")}
            onClick={() => navigate(path.articleNew())}
          >
            {t("knowledge.write")}
          </ActionButton>
        }
      />
      <KindFilter
        label={t("knowledge.which")}
        kinds={WHICH}
        value={which}
        word={(kind) => t(`knowledge.of.${kind}`)}
        count={(kind) =>
          kind === "stale"
            ? (articles.data?.stale ?? null)
            : kind === which
              ? (articles.data?.items.length ?? null)
              : null
        }
        set={(value) => filters.set("which", value)}
      />
      <section className="panel flush">
        <Answer of={articles} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t(`knowledge.empty.${which}`)} text={t("knowledge.empty.text")} />
            ) : (
              <Table
                label={t("knowledge.articles")}
                columns={columns}
                rows={page.items}
                to={(row) => path.article(row.id)}
              />
            )
          }
        </Answer>
      </section>
    </div>
  );
}

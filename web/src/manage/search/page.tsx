// Find anything by words: tickets and articles, each kind with how many there are.
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Search } from "lucide-react";
import { useDeferredValue } from "react";
import type { Findable } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { knowledgeQueries } from "@/manage/knowledge/api";
import { Hits } from "@/manage/knowledge/hits";

const KINDS = ["all", "article", "incident", "request", "problem", "release"] as const;

export default function SearchPage() {
  const { t } = useText();
  const { q, get, set } = useFilters();
  const kind = KINDS.find((one) => one === get("kind")) ?? "all";
  const words = useDeferredValue(q);
  const found = useQuery({
    ...knowledgeQueries.find(words, kind === "all" ? undefined : (kind as Findable), 50),
    enabled: words.trim() !== "",
  });
  const counts = new Map((found.data?.counts ?? []).map((one) => [one.kind as string, one.count]));
  const sum = [...counts.values()].reduce((all, one) => all + one, 0);
  return (
    <div className="page">
      <PageHead title={t("search.title")} sub={t("search.sub")} />
      <Input
        size="large"
        allowClear
        autoFocus
        prefix={<Search size={18} aria-hidden />}
        placeholder={t("search.placeholder")}
        aria-label={t("search.placeholder")}
        value={q}
        onChange={(event) => set("q", event.target.value)}
      />
      {words.trim() === "" ? null : (
        <>
          <KindFilter
            label={t("search.kinds")}
            kinds={KINDS}
            value={kind}
            word={(one) => t(`search.kind.${one}`)}
            count={(one) => (found.data ? (one === "all" ? sum : (counts.get(one) ?? 0)) : null)}
            set={(value) => set("kind", value)}
          />
          <Answer of={found} bones={<PanelBones height={200} />}>
            {(answer) => (
              <>
                {!answer.complete && <p className="muted">{t("search.incomplete")}</p>}
                {answer.cut && <p className="muted">{t("search.cut")}</p>}
                {answer.items.length === 0 ? (
                  <Empty title={t("search.nothing")} text={t("search.nothingText")} />
                ) : (
                  <Hits hits={answer.items} />
                )}
              </>
            )}
          </Answer>
        </>
      )}
    </div>
  );
}

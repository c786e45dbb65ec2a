// Follow-ups of problems and reviews: what is yours, what waits for your word, what is late.
import { useQuery } from "@tanstack/react-query";
import { useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { PageHead, Panel } from "@/kit/panel";
import { followUpQueries } from "./api";
import { FollowUpRow } from "./row";
import "../ticket.css";

const WHICH = ["open", "mine", "to_verify", "overdue", "ended"] as const;

export default function FollowUpList() {
  const { t } = useText();
  const filters = useFilters();
  const which = WHICH.find((one) => one === filters.get("which")) ?? "open";
  const found = useQuery(followUpQueries.list(which));
  return (
    <div className="page">
      <PageHead title={t("followUp.followUps")} sub={t("followUp.sub")} />
      <KindFilter
        label={t("followUp.which")}
        kinds={WHICH}
        value={which}
        word={(kind) => t(`followUp.of.${kind}`)}
        count={(kind) => (kind === which ? (found.data?.items.length ?? null) : null)}
        set={(value) => filters.set("which", value)}
      />
      <Panel>
        <Answer of={found} bones={<TableBones rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t(`followUp.empty.${which}`)} text={t("followUp.noneText")} />
            ) : (
              <ul className="stack ticket-list" aria-label={t("followUp.followUps")}>
                {page.items.map((one) => (
                  <FollowUpRow key={one.id} one={one} origin />
                ))}
              </ul>
            )
          }
        </Answer>
      </Panel>
    </div>
  );
}

// What waits for me and is no ticket of mine: each opens where it is done.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { DeskWaiting } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { deskQueries } from "./api";
import { countWord } from "./views";

type Item = DeskWaiting["items"][number];

const PREFIX = { request: "REQ", change: "CHG", review: "REV", article: "KB", problem: "PRB" } as const;
const TO = {
  request: path.request,
  change: path.change,
  review: path.review,
  article: path.article,
  problem: path.problem,
} as const;

export function Waiting() {
  const { t } = useText();
  const groups = useQuery(deskQueries.waiting());
  return (
    <Answer of={groups} bones={<TableBones rows={6} />}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={t("desk.waiting.none")} text={t("desk.waiting.noneText")} />
        ) : (
          <div className="stack">
            {all.map((group) => (
              <Panel key={group.kind} title={`${t(`desk.waiting.kind.${group.kind}`)} · ${countWord(group.count)}`}>
                <ul className="stack" aria-label={t(`desk.waiting.kind.${group.kind}`)}>
                  {group.items.map((item) => (
                    <One key={`${item.id}${item.title}`} item={item} />
                  ))}
                </ul>
                {group.count > group.items.length && <p className="faint">{t("desk.waiting.more")}</p>}
              </Panel>
            ))}
          </div>
        )
      }
    </Answer>
  );
}

function One({ item }: { item: Item }) {
  const { t } = useText();
  const overdue = item.due_at !== null && Date.parse(item.due_at) < Date.now();
  return (
    <li className="row">
      <span className="num faint">
        {PREFIX[item.at]}-{item.number}
      </span>
      <Link className="grow clip" to={TO[item.at](item.id)}>
        {item.title || t("incident.erased")}
      </Link>
      {item.due_at && (
        <span className={overdue ? "is-bad" : "faint"}>
          {t("desk.waiting.due")} <Ago at={item.due_at} />
        </span>
      )}
    </li>
  );
}

// What a change collides with, and who took it on.
import type { Change } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty } from "@/kit/answer";
import { Status } from "@/kit/status";
import { ConflictWords } from "./refs";
import type { Asked } from "./step-dialog";

export function Conflicts({
  change,
  reason,
  take,
}: {
  change: Change;
  reason: string | null;
  take: (asked: Asked) => void;
}) {
  const { t } = useText();
  if (!change.risk) return <Empty compact title={t("change.notAssessed")} text={t("change.notAssessedText")} />;
  if (change.conflicts.length === 0)
    return <Empty compact title={t("change.noConflicts")} text={t("change.noConflictsText")} />;
  const open = change.state === "assess" || change.state === "authorise";
  return (
    <ul className="stack ticket-list">
      {change.conflicts.map((conflict) => (
        <li key={JSON.stringify(conflict.conflict)}>
          <div className="row-wrap">
            <Status
              tone={conflict.taken ? "good" : "bad"}
              word={t(conflict.taken ? "change.taken" : "change.openConflict")}
            />
            <span className="grow">
              <ConflictWords conflict={conflict} />
            </span>
            {open && !conflict.taken && (
              <ActionButton size="small" reason={reason} onClick={() => take({ what: "acknowledge", conflict })}>
                {t("change.step.acknowledge")}
              </ActionButton>
            )}
          </div>
          {conflict.taken && (
            <p className="ticket-text">
              {conflict.taken.by.display}: {conflict.taken.text ?? t("change.erased")}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

// In an incident: what was changed before it on its service and on what that depends on, and what is known to have caused it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Change } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { holds, useMay, useSession } from "@/shell/session";
import { changeActs, changeQueries } from "./api";
import { ChangeRef, ChangeStatus } from "./refs";

export function ChangesBeside({ incident }: { incident: string }) {
  const { t } = useText();
  const may = useMay();
  const session = useSession();
  const queries = useQueryClient();
  const { data } = useQuery(changeQueries.incident(incident));
  const blame = useMutation({
    mutationFn: (change: Change) => changeActs.link(change.id, change.version, incident),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["change"] }),
  });
  if (!data || data.caused_by.length + data.recent.length === 0) return null;
  const writes = holds(session, "change.write");
  return (
    <Panel title={t("change.beside")} hint={t("change.besideHint")}>
      {blame.isError && <FailureNote error={blame.error} />}
      <ul className="stack ticket-list">
        {data.caused_by.map((change) => (
          <li key={change.id} className="row-wrap">
            <ChangeRef change={change} />
            <span className="grow">{change.title}</span>
            <Status tone="bad" word={t("change.causedThis")} />
          </li>
        ))}
        {data.recent.map((change) => (
          <li key={change.id} className="row-wrap">
            <ChangeRef change={change} />
            <span className="grow">{change.title}</span>
            {change.started_at && <Ago at={change.started_at} />}
            <ChangeStatus change={change} />
            {writes && (
              <ActionButton
                size="small"
                reason={may("change.write")}
                loading={blame.isPending}
                onClick={() => blame.mutate(change)}
              >
                {t("change.blame")}
              </ActionButton>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

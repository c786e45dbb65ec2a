// What follows from a problem or a review.
import { lazy, Suspense, useState } from "react";
import type { FollowUp, FollowUpOfRequest } from "@/api/types";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { FollowUpRow } from "./row";
import "../ticket.css";

const FollowUpForm = lazy(() => import("./form").then((part) => ({ default: part.FollowUpForm })));

export function FollowUps({
  of,
  owner,
  all,
  reason,
  factors,
}: {
  of: FollowUpOfRequest;
  /** Whom the form offers first. */
  owner: string;
  all: FollowUp[];
  /** Why none can be added; null when one can. */
  reason: string | null;
  /** The factors that one may answer. */
  factors?: { value: string; label: string }[];
}) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      title={t("followUp.followUps")}
      actions={
        <ActionButton size="small" reason={reason} onClick={() => setAdding(true)}>
          {t("followUp.add")}
        </ActionButton>
      }
    >
      {all.length === 0 ? (
        <Empty compact title={t("followUp.none")} text={t("followUp.noneText")} />
      ) : (
        <ul className="stack ticket-list">
          {all.map((one) => (
            <FollowUpRow key={one.id} one={one} />
          ))}
        </ul>
      )}
      {adding && (
        <Suspense>
          <FollowUpForm of={of} owner={owner} factors={factors} close={() => setAdding(false)} />
        </Suspense>
      )}
    </Panel>
  );
}

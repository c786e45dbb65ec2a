// One follow-up: what, by whom, until when, who verifies it, and the step that is yours.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { Link } from "react-router";
import type { FollowUp } from "@/api/types";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { Status, type Tone } from "@/kit/status";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { followUpActs } from "./api";

type Stands = "verified" | "done" | "late" | "open";
const TONE: Record<Stands, Tone> = { verified: "good", done: "active", late: "bad", open: "attention" };

function stands(one: FollowUp): Stands {
  if (one.verified_at) return "verified";
  if (one.overdue) return "late";
  return one.done_at ? "done" : "open";
}

/** PRB-1001, REV-1001: what it follows from. */
export function FollowUpOrigin({ one }: { one: FollowUp }) {
  const review = one.of.kind === "review";
  return (
    <Link to={review ? path.review(one.of.id) : path.problem(one.of.id)}>
      {review ? "REV" : "PRB"}-{one.of.number}
    </Link>
  );
}

export function FollowUpRow({ one, origin = false }: { one: FollowUp; origin?: boolean }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const words = useProblemText();
  const act = useMutation({
    mutationFn: (how: "done" | "holds" | "fails") =>
      how === "done" ? followUpActs.done(one) : followUpActs.verify(one, how === "holds"),
    onSettled: () => {
      for (const family of ["follow-up", "problem", "review"]) void queries.invalidateQueries({ queryKey: [family] });
    },
    onError: (error) => message.error(words(error)),
  });
  const how = stands(one);
  const press = (which: "done" | "holds" | "fails") => (
    <Button size="small" loading={act.isPending && act.variables === which} onClick={() => act.mutate(which)}>
      {t(`followUp.${which}`)}
    </Button>
  );
  return (
    <li className="follow-up">
      <div className="row-wrap">
        <Status tone={TONE[how]} word={t(`followUp.state.${how}`)} />
        {origin && <FollowUpOrigin one={one} />}
        <span className="faint num">{t("followUp.due", { on: one.due_on })}</span>
        <PersonRef id={one.owner.id} display={one.owner.display} />
        <span className="faint">→ {t("followUp.verifiedBy")}</span>
        <PersonRef id={one.verifier.id} display={one.verifier.display} />
      </div>
      <p className="ticket-text">{one.text || t("followUp.erased")}</p>
      {one.done_at && !one.verified_at && one.overdue && <p className="faint">{t("followUp.waits")}</p>}
      {one.allowed.includes("done") && press("done")}
      {one.allowed.includes("verify") && (
        <div className="row">
          {press("holds")}
          {press("fails")}
        </div>
      )}
    </li>
  );
}

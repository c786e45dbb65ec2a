// The last act that can be undone. It lies in the tab's own storage: what one did here is undone here.
import { App } from "antd";
import type { BulkOutcome } from "@/api/types";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { deskActs, useDeskAct } from "./api";
import { shownOf } from "./keys";

interface Last {
  id: string;
  until: string;
}
const KEY = "evenkeel.desk.last";

function last(): Last | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Last | null;
    return kept && Date.parse(kept.until) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

/** Says what was done and how it is undone. */
export function useTold() {
  const { t } = useText();
  const { message } = App.useApp();
  return (outcome: BulkOutcome, what: string) => {
    if (!outcome.id || !outcome.undo_until) return;
    sessionStorage.setItem(KEY, JSON.stringify({ id: outcome.id, until: outcome.undo_until } satisfies Last));
    const stays = outcome.stays.map((each) => t(`desk.stays.${each}`)).join(" ");
    message.success(
      `${t("desk.done", { what, count: outcome.done, key: shownOf("undo") })}${stays ? ` ${stays}` : ""}`,
      6,
    );
  };
}

/** Undoes the last act. */
export function useUndo(): () => void {
  const { t } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const undo = useDeskAct(deskActs.undo);
  return () => {
    const act = last();
    if (!act) {
      message.info(t("desk.nothingToUndo"));
      return;
    }
    sessionStorage.removeItem(KEY);
    undo.mutate([act.id], {
      onSuccess: (outcome) => {
        const refused = outcome.results.filter((result) => result.code);
        const numbers = refused.map((result) => `INC-${result.number ?? "?"}`).join(", ");
        if (refused.length === 0) message.success(t("desk.undone", { count: outcome.done }));
        else message.warning(t("desk.undoneSome", { count: outcome.done, refused: refused.length, numbers }), 8);
      },
      onError: (error) => message.error(problemText(error), 8),
    });
  };
}

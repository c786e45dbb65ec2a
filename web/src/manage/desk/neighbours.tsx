// The ticket before and the one after, of the queue one came from.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { Link } from "react-router";
import { useText } from "@/i18n";
import { KeyHint } from "./help";
import { pathOf, type Stop } from "./line";

export function Neighbours({ before, after }: { before: Stop | null; after: Stop | null }) {
  const { t } = useText();
  if (!before && !after) return null;
  return (
    <span className="neighbours">
      {before && (
        <Link to={pathOf(before)} aria-label={t("desk.before")} aria-keyshortcuts="[">
          <ChevronLeft size={14} aria-hidden /> <KeyHint does="previousTicket" />
        </Link>
      )}
      {after && (
        <Link to={pathOf(after)} aria-label={t("desk.after")} aria-keyshortcuts="]">
          <ChevronRight size={14} aria-hidden /> <KeyHint does="nextTicket" />
        </Link>
      )}
    </span>
  );
}

// Who else has this ticket open, and who is writing.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useEffect } from "react";
import { useText } from "@/i18n";
import { listed } from "@/kit/format";
import { holds, sessionQuery, useSession } from "@/shell/session";
import { deskActs, type TicketKind } from "./api";

/** The server takes somebody to be there for 75 seconds after the last word. */
const EVERY = 20_000;

export function Others({ kind, id, writing }: { kind: TicketKind; id: string; writing: boolean }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const staff = holds(useSession(), "incident.note_internal");
  // Asking says that one is there; a hidden tab goes on to say so, because its text is still there too.
  const there = useQuery({
    queryKey: ["presence", id, writing],
    queryFn: () => deskActs.present(kind, id, writing),
    refetchInterval: EVERY,
    refetchIntervalInBackground: true,
    enabled: staff,
    placeholderData: (before) => before,
    gcTime: 0,
  });
  useEffect(() => {
    if (!staff) return;
    // Whoever is signed out is not asked for any more: the lease lapses by itself.
    const leave = () => {
      if (queries.getQueryData(sessionQuery.queryKey)) void deskActs.gone(kind, id).catch(() => {});
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [staff, kind, id, queries]);
  const others = there.data ?? [];
  if (others.length === 0) return null;
  const names = (some: typeof others) =>
    listed(
      some.map((one) => one.person.display),
      language,
    );
  const writers = others.filter((one) => one.writing);
  return (
    <p className="others" role="status">
      <Users size={14} aria-hidden />{" "}
      {writers.length > 0 ? t("desk.writing", { who: names(writers) }) : t("desk.there", { who: names(others) })}
    </p>
  );
}

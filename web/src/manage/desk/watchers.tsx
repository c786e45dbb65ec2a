// Who keeps an eye on a ticket without having it.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Eye, EyeOff } from "lucide-react";
import { useText } from "@/i18n";
import { PersonRef } from "@/manage/party/refs";
import { useSession } from "@/shell/session";
import { deskActs, deskQueries, type TicketKind, useDeskAct } from "./api";
import { KeyHint } from "./help";

/** Whether one watches, and the way to begin or to end it. */
export function useWatch(kind: TicketKind, id: string) {
  const me = useSession()?.person.id;
  const watchers = useQuery(deskQueries.watchers(kind, id));
  const watch = useDeskAct(deskActs.watch);
  const unwatch = useDeskAct(deskActs.unwatch);
  const watching = watchers.data?.some((one) => one.person.id === me) ?? false;
  return {
    watchers: watchers.data ?? [],
    watching,
    toggle: () => (watching ? unwatch : watch).mutate([kind, id]),
  };
}

export function Watchers({ kind, id }: { kind: TicketKind; id: string }) {
  const { t } = useText();
  const { watchers, watching, toggle } = useWatch(kind, id);
  return (
    <div className="row-wrap watchers">
      <Button
        size="small"
        icon={watching ? <EyeOff size={14} /> : <Eye size={14} />}
        aria-keyshortcuts="b"
        onClick={toggle}
      >
        {t(watching ? "desk.unwatch" : "desk.watch")} <KeyHint does="watch" />
      </Button>
      {watchers.map((one) => (
        <PersonRef key={one.person.id} id={one.person.id} display={one.person.display} size={20} />
      ))}
    </div>
  );
}

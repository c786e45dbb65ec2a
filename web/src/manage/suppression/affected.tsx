// Beside an incident: services that depend on its own, and whose alerts are held back while it is down.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { nameIn, useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { suppressionQueries } from "./api";

const SHOWN = 12;

export function Affected({ service }: { service: string }) {
  const { t, language } = useText();
  const session = useSession();
  const sees = holds(session, "alert.read");
  const held = useQuery({
    ...suppressionQueries.list({ by: "parent", id: service, open: true, limit: 200 }),
    enabled: sees,
  });
  const names = new Map(held.data?.items.map(({ service: each }) => [each.id, nameIn(language, each.display)]));
  if (names.size === 0) return null;
  const more = names.size - SHOWN;
  const all = `${names.size}${held.data?.next ? "+" : ""}`;
  return (
    <Panel title={t("suppression.affected.title")} hint={t("suppression.affected.hint", { n: all })}>
      <ul className="affected">
        {[...names].slice(0, SHOWN).map(([id, name]) => (
          <li key={id}>
            <Link to={path.service(id)}>{name}</Link>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Link to={path.suppressions({ view: "ledger", by: "parent" })}>
          {t("suppression.affected.more", { n: more })}
        </Link>
      )}
    </Panel>
  );
}

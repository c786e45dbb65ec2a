// The error budgets of one service, the worst first: on the service's own page.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { nameIn, useText } from "@/i18n";
import { ratio } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { sloQueries } from "./api";
import { BudgetBar, Standing } from "./parts";
import { worstFirst } from "./state";
import "./slo.css";

/** Nothing when the service has no objective: not everything has one. */
export function Budgets({ service }: { service: string }) {
  const { t, language } = useText();
  const listing = useQuery(sloQueries.all());
  const own = (listing.data?.slos ?? []).filter((slo) => slo.service_id === service).sort(worstFirst);
  if (own.length === 0) return null;
  return (
    <Panel title={t("slo.title")}>
      <ul className="stack" style={{ gap: 14 }}>
        {own.map((slo) => (
          <li key={slo.name} className="stack" style={{ gap: 4 }}>
            <div className="row" style={{ justifyContent: "space-between" }}>
              <Link to={path.slo(slo.name)}>{nameIn(language, slo.display)}</Link>
              <Standing slo={slo} pill={false} />
            </div>
            <BudgetBar slo={slo} />
            <span className="faint">
              {t("slo.column.target")} {ratio(slo.target, 4)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// In an incident: what is known of the error behind it, and the way around.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { problemQueries } from "./api";
import { problemNumber, STATE_TONE } from "./words";
import "../ticket.css";

export function KnownErrors({ incident }: { incident: string }) {
  const { t } = useText();
  const { data } = useQuery(problemQueries.incident(incident));
  if (!data || data.length === 0) return null;
  return (
    <Panel title={t("problem.behindThis")}>
      <ul className="stack ticket-list">
        {data.map((problem) => (
          <li key={problem.id}>
            <div className="row-wrap">
              <Link to={path.problem(problem.id)}>{problemNumber(problem.number)}</Link>
              <span className="grow">{problem.title}</span>
              <Status tone={STATE_TONE[problem.state]} word={t(`problem.state.${problem.state}`)} />
            </div>
            {problem.workaround && <p className="ticket-text">{problem.workaround}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

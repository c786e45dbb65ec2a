// What this service suffered before, and how long it took then: the first place to look for a cure.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Incident } from "@/api/types";
import { useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { incidentQueries } from "./api";
import { IncidentRef, PriorityBadge } from "./refs";

const SHOWN = 5;

export function SimilarFaults({ incident }: { incident: Incident }) {
  const { t, language } = useText();
  const service = incident.service.id;
  const list = useQuery(incidentQueries.list({ service, sort: "opened", limit: SHOWN * 3 }));
  // Opened by the same hand first: a machine's alerts are the likelier kin of a machine's alert.
  const before = (list.data?.items ?? [])
    .filter((each) => each.id !== incident.id && Date.parse(each.opened_at) <= Date.parse(incident.opened_at))
    .sort((a, b) => Number(b.origin === incident.origin) - Number(a.origin === incident.origin))
    .slice(0, SHOWN);
  return (
    <Panel
      title={t("incident.similar")}
      actions={<Link to={path.incidents({ view: "all", service, sort: "opened" })}>{t("incident.similarAll")} →</Link>}
    >
      {list.isPending ? (
        <Bone h={52} />
      ) : before.length === 0 ? (
        <p className="faint">{t("incident.similarNone")}</p>
      ) : (
        <ul className="brief-list">
          {before.map((each) => (
            <li key={each.id}>
              <PriorityBadge priority={each.priority} />
              <span className="grow">
                <span className="clip" style={{ display: "block" }} title={each.title}>
                  <IncidentRef id={each.id} number={each.number} /> {each.title}
                </span>
                <span className="faint">
                  <Ago at={each.opened_at} />
                  {each.restored_at &&
                    ` · ${t("incident.similarTook", {
                      span: span(
                        (Date.parse(each.restored_at) - Date.parse(each.started_at ?? each.opened_at)) / 1000,
                        language,
                      ),
                    })}`}
                  {!each.restored_at && ` · ${t(`incident.state.${each.state}`)}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

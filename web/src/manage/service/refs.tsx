// A service, mentioned: its name, and a card of it on hover. The same wherever it is mentioned.
import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type Name, nameIn, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { serviceQueries } from "./api";
import { sliTone } from "./words";

function Card({ id }: { id: string }) {
  const { t, language } = useText();
  const service = useQuery(serviceQueries.one(id)).data;
  const state = useQuery(serviceQueries.states()).data?.get(id)?.state ?? "unknown";
  if (!service) return <Bone w={240} h={48} />;
  return (
    <div className="card">
      <div className="row">
        <b className="grow">{nameIn(language, service.display)}</b>
        <Status tone={sliTone(state)} word={t(`service.sli.${state}`)} />
      </div>
      <div className="row-wrap muted">
        <span>{t(`service.criticalityOf.${service.criticality}`)}</span>
        {service.owner && <span>{nameIn(language, service.owner.display)}</span>}
        {service.team && <span>{nameIn(language, service.team.display)}</span>}
        {service.open_incidents > 0 && (
          <span className="is-bad">{t("service.openIncidents", { count: service.open_incidents })}</span>
        )}
      </div>
    </div>
  );
}

export function ServiceRef({ id, display, children }: { id: string; display: Name; children?: ReactNode }) {
  const { language } = useText();
  return (
    <Popover content={<Card id={id} />} mouseEnterDelay={0.35}>
      <Link to={path.service(id)}>{children ?? nameIn(language, display)}</Link>
    </Popover>
  );
}

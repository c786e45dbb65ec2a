// An incident, mentioned: its number, and a card of it on hover. The same wherever it is mentioned.
import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import { Link } from "react-router";
import type { Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { OwnStatus } from "@/kit/own-status";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { incidentQueries } from "./api";
import "./refs.css";
import { incidentNumber, STATE_TONE } from "./words";

export function PriorityBadge({ priority }: { priority: number }) {
  const { t } = useText();
  return (
    <span className={`prio p${priority}`} title={t("incident.priority", { n: priority })}>
      P{priority}
    </span>
  );
}

export function StateWord({
  incident,
  pill,
}: {
  incident: Pick<Incident, "state" | "hold"> & Partial<Pick<Incident, "status">>;
  pill?: boolean;
}) {
  const { t } = useText();
  const state = t(`incident.state.${incident.state}`);
  const word =
    incident.hold && incident.state === "on_hold" ? `${state} · ${t(`incident.hold.${incident.hold}`)}` : state;
  if (incident.status) return <OwnStatus status={incident.status} state={word} pill={pill} />;
  return <Status tone={STATE_TONE[incident.state]} word={word} pill={pill} />;
}

function Card({ id }: { id: string }) {
  const { data } = useQuery(incidentQueries.one(id));
  const { language } = useText();
  if (!data) return <Bone w={240} h={48} />;
  return (
    <div className="card">
      <div className="row">
        <PriorityBadge priority={data.priority} />
        <b className="grow">{data.title}</b>
      </div>
      <div className="row-wrap muted">
        <StateWord incident={data} />
        <span>{nameIn(language, data.service.display)}</span>
        <Ago at={data.opened_at} />
      </div>
    </div>
  );
}

export function IncidentRef({ id, number }: { id: string; number: number }) {
  return (
    <Popover content={<Card id={id} />} mouseEnterDelay={0.35}>
      <Link to={path.incident(id)}>{incidentNumber(number)}</Link>
    </Popover>
  );
}

import { Checkbox, Tooltip } from "antd";
import { Siren } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { ClockChip } from "@/analyze/clock/clock";
import { useChanged } from "@/api/stream";
import type { Clock, Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Ago } from "@/kit/time";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { PriorityBadge, StateWord } from "./refs";
import { incidentNumber, isOpen } from "./words";

export const Row = memo(function Row({
  incident,
  clocks,
  here,
  picked,
  gone,
  pick,
  open,
}: {
  incident: Incident;
  clocks: Clock[] | undefined;
  here: boolean;
  picked: boolean;
  gone: boolean;
  pick: (id: string) => void;
  /** Opens it as one of this queue. */
  open: (incident: Incident) => void;
}) {
  const { t, language } = useText();
  const changed = useChanged();
  const classes = [
    "queue-row",
    "item",
    here && "here",
    picked && "picked",
    gone && "gone",
    changed(incident.id) && "changed",
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the row's link and the list's keys do the same by keyboard
    <li
      data-row={incident.id}
      className={classes.filter(Boolean).join(" ")}
      aria-current={here ? "true" : undefined}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a,input,label,button")) open(incident);
      }}
    >
      <span className="pick">
        <Checkbox
          checked={picked}
          onChange={() => pick(incident.id)}
          aria-label={t("incident.pick", { number: incidentNumber(incident.number) })}
        />
      </span>
      <PriorityBadge priority={incident.priority} />
      <span className="number faint">{incidentNumber(incident.number)}</span>
      <span className="title">
        {incident.firing > 0 && isOpen(incident.state) && (
          <Tooltip title={t("incident.firing")}>
            <i
              className="firing"
              role="img"
              aria-label={t("incident.firing")}
              style={{ alignSelf: "center", marginLeft: 3 }}
            />
          </Tooltip>
        )}
        {incident.major && incident.major !== "demoted" && incident.major !== "closed" && (
          <Tooltip title={`${t("incident.major.title")}: ${t(`incident.major.state.${incident.major}`)}`}>
            <Siren
              size={14}
              role="img"
              aria-label={t("incident.major.title")}
              color="var(--bad)"
              style={{ flex: "none", alignSelf: "center" }}
            />
          </Tooltip>
        )}
        <Link
          to={path.incident(incident.id)}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            open(incident);
          }}
        >
          {incident.title}
        </Link>
        <small>{nameIn(language, incident.service.display)}</small>
      </span>
      <span className="state clip">
        <StateWord incident={incident} />
      </span>
      <span className="clock">
        <ClockChip clocks={clocks} />
      </span>
      <span className="who">
        {incident.assignee ? (
          <PersonRef id={incident.assignee.id} display={incident.assignee.display} size={22} />
        ) : (
          <span className="faint clip">{nameIn(language, incident.team?.display) || t("incident.nobody")}</span>
        )}
      </span>
      <span className="age">
        <Ago at={incident.opened_at} />
      </span>
    </li>
  );
});

// The 345 rule on one line: four moments, three durations, five actions.
import { Tooltip } from "antd";
import { useState } from "react";
import type { Fault } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { instant, shortInstant, span, timeOfDay } from "@/kit/format";
import { useNow } from "@/kit/now";
import { Shape } from "@/kit/status";
import { useNames } from "@/manage/party/names";
import { EventDrawer } from "../figure/event-drawer";
import "./fault.css";
import { layout, PARTS } from "./layout";

const BRIEF_SECS = 600;

export function FaultTrack({ fault, open = true }: { fault: Fault; open?: boolean }) {
  const { t, language } = useText();
  const now = useNow(2);
  const [event, setEvent] = useState<number | null>(null);
  const track = layout(fault, now);
  const restored = fault.moments.some((each) => each.moment === "t3" && each.at !== null);
  const startedAt = fault.moments.find((each) => each.moment === "t0")?.at;
  const total = fault.total_secs ?? (startedAt && open ? Math.floor((now - Date.parse(startedAt)) / 1000) : null);
  // Minutes alone would read the same at each end of a short fault.
  const brief = total !== null && total < BRIEF_SECS;
  const secsOf = (name: string) => fault.durations.find((each) => each.name === name)?.secs ?? null;
  const sameDay = fault.moments.every(
    (each) => !each.at || !startedAt || each.at.slice(0, 10) === startedAt.slice(0, 10),
  );
  return (
    <section className="panel track" aria-label={t("fault.title")}>
      <div className="track-legend">
        {PARTS.map((part) => {
          const secs = secsOf(part);
          const running = track.parts.find((each) => each.name === part)?.open && !restored;
          return (
            <Tooltip key={part} title={t(`fault.formula.${part}`)}>
              <span>
                <i className={`part ${part}`} />
                {t(`fault.part.${part}`)}{" "}
                <b>{secs !== null ? span(secs, language) : running ? t("fault.running") : "—"}</b>
              </span>
            </Tooltip>
          );
        })}
        <span style={{ marginLeft: "auto" }}>
          {t("fault.total")} <b>{total === null ? "—" : span(total, language)}</b>
        </span>
      </div>
      <div className="track-line">
        {track.parts.map((part) => (
          <span
            key={part.name}
            className={`part ${part.name}${part.open ? " open" : ""}`}
            style={{ left: `${part.from}%`, width: `calc(${part.to - part.from}% - ${part.to < 100 ? 1 : 0}px)` }}
          />
        ))}
        {track.moments.map((moment) => (
          <Tooltip
            key={moment.moment}
            title={
              <>
                {t(`fault.moment.${moment.moment}`)}
                <br />
                {moment.at && instant(moment.at, language)}
                {moment.basis && (
                  <>
                    <br />
                    {t("fault.basis", { basis: textOf(t, "fault.basisOf", moment.basis) })}
                  </>
                )}
              </>
            }
          >
            <button
              type="button"
              className={`track-moment${moment.x < 4 ? " start" : moment.x > 96 ? " end" : ""}`}
              style={{ left: `${moment.x}%`, cursor: moment.event_seq === null ? "default" : "pointer" }}
              onClick={() => setEvent(moment.event_seq)}
            >
              <span className="name">
                {moment.moment.toUpperCase()}{" "}
                <span className="faint wide-only">{t(`fault.moment.${moment.moment}`)}</span>
              </span>
              <span className="when">
                {moment.at && (
                  <>
                    <span className="wide-only">{sameDay ? timeOfDay(moment.at) : shortInstant(moment.at)}</span>
                    <span className="narrow-only">
                      {sameDay ? timeOfDay(moment.at, brief) : shortInstant(moment.at).slice(0, 5)}
                    </span>
                  </>
                )}
                <span className="basis faint">
                  <br />
                  {moment.basis && textOf(t, "fault.basisOf", moment.basis)}
                </span>
              </span>
            </button>
          </Tooltip>
        ))}
        {track.now !== null && open && (
          <span className="track-moment now end" style={{ left: "100%" }}>
            <span className="name is-active">{t("fault.now")}</span>
          </span>
        )}
      </div>
      {fault.others.length > 0 && (
        <div className="track-others">
          {fault.others.map((other) => (
            <Tooltip key={`${other.name}${other.event_seq}`} title={instant(other.at, language)}>
              <button type="button" onClick={() => setEvent(other.event_seq)}>
                {textOf(t, "fault.other", other.name)}{" "}
                <span>{sameDay ? timeOfDay(other.at) : shortInstant(other.at)}</span>
              </button>
            </Tooltip>
          ))}
        </div>
      )}
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </section>
  );
}

export function FiveActions({ fault }: { fault: Fault }) {
  const { t, language } = useText();
  const name = useNames();
  return (
    <ul className="five">
      {fault.actions.map((action) => (
        <li key={action.action}>
          <span className={action.done ? "is-good" : "is-unknown"}>
            <Shape tone={action.done ? "good" : "unknown"} />
          </span>
          <span>
            {textOf(t, "fault.action", action.action)}
            {action.owner && <span className="faint"> · {name(action.owner)}</span>}
            <span className="sr-only"> {t(action.done ? "fault.done" : "fault.toDo")}</span>
          </span>
          <span className="at">
            {action.at ? (
              <Tooltip title={instant(action.at, language)}>{shortInstant(action.at)}</Tooltip>
            ) : (
              t(action.done ? "fault.done" : "fault.toDo")
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

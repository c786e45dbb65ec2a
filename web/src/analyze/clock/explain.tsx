// No due time without a why: every interval counted, paused and closed, with its cause; the same as a table below.
import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { useState } from "react";
import type { Clock, ClockExplained, ExplainInterval } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant, shortInstant, span } from "@/kit/format";
import { Status } from "@/kit/status";
import { EventDrawer } from "../figure/event-drawer";
import { EventLinks } from "../figure/event-links";
import { clockQueries } from "./api";

export function ExplainDrawer({ clock, close }: { clock: Clock | null; close: () => void }) {
  const { t, language } = useText();
  return (
    <Drawer
      open={clock !== null}
      close={close}
      size={720}
      title={
        clock
          ? t("clock.explainTitle", {
              goal: textOf(t, "clock.goal", clock.goal),
              agreement: nameIn(language, clock.agreement.display),
            })
          : ""
      }
    >
      {clock && <Explanation clock={clock} />}
    </Drawer>
  );
}

function Explanation({ clock }: { clock: Clock }) {
  const explained = useQuery(clockQueries.explain(clock.incident_id, clock.goal, clock.agreement.id));
  return (
    <Answer of={explained} bones={<PanelBones height={300} />}>
      {(data) => <ExplainView explained={data} />}
    </Answer>
  );
}

const BRIEF_MS = 3_600_000;

/** Long clocks have hundreds of closed nights: the bar gives each its share, but never less than a hair. */
const KINDS = ["counted", "paused", "closed", "stopped"] as const;

/** What is the same for the clock of every kind of ticket. */
type Explained = Omit<ClockExplained, "incident_id" | "goal" | "agreement" | "priority">;

export function ExplainView({ explained }: { explained: Explained }) {
  const { t, language } = useText();
  const [event, setEvent] = useState<number | null>(null);
  const sums = new Map<string, number>();
  for (const interval of explained.intervals) sums.set(interval.kind, (sums.get(interval.kind) ?? 0) + interval.secs);
  const first = explained.intervals[0];
  const last = explained.intervals.at(-1);
  // What began and ended within an hour is told to the second, or both ends would read the same.
  const brief = Boolean(first && last && Date.parse(last.to) - Date.parse(first.from) < BRIEF_MS);
  const at = (moment: string) => shortInstant(moment, explained.calendar.zone, brief);
  const cause = (interval: ExplainInterval) => textOf(t, "clock.cause", interval.cause.code);
  const detailText = (detail: ExplainInterval["cause"]["detail"]) =>
    [detail?.name && textOf(t, "incident.hold", detail.name), detail?.date].filter(Boolean).join(" · ");
  return (
    <div className="stack">
      <p className="sum-line">
        {t("clock.sum", {
          elapsed: span(explained.elapsed_secs, language),
          target: span(explained.target_secs, language),
        })}
        <br />
        {explained.due_at ? t("clock.sumDue", { at: instant(explained.due_at, language) }) : t("clock.noDue")}
        {explained.holidays_not_yet_published && (
          <>
            <br />
            <Status tone="attention" word={t("clock.notPublished")} />
          </>
        )}
        <br />
        <span className="faint">
          {t("clock.calendar", {
            name: explained.calendar.name,
            zone: explained.calendar.zone,
            version: explained.calendar.version,
          })}
        </span>
      </p>
      <div>
        <div className="explain-bar" role="img" aria-label={t("clock.barLabel")}>
          {explained.intervals.map((interval) => (
            <Tooltip
              key={`${interval.from}${interval.kind}`}
              title={`${t(`clock.kind.${interval.kind}`)} · ${span(interval.secs, language)} · ${cause(interval)}`}
            >
              <span className={interval.kind} style={{ flexGrow: Math.max(interval.secs, 1), flexBasis: 0 }} />
            </Tooltip>
          ))}
        </div>
        {first && last && (
          <div className="axis">
            <span>{at(first.from)}</span>
            <span>{at(last.to)}</span>
          </div>
        )}
      </div>
      <div className="keys">
        {KINDS.filter((kind) => sums.has(kind)).map((kind) => (
          <span key={kind}>
            <i className={`key ${kind}`} /> {t(`clock.kind.${kind}`)} <b>{span(sums.get(kind) ?? 0, language)}</b>
          </span>
        ))}
      </div>
      {explained.owners.length > 0 && (
        <div>
          <h3 style={{ marginBottom: 6 }}>{t("clock.ownersTitle")}</h3>
          <div className="keys">
            {explained.owners.map((owner) => (
              <span key={owner.owner}>
                {textOf(t, "clock.owner", owner.owner)} <b>{span(owner.secs, language)}</b>
                {owner.counted_secs > 0 && owner.paused_secs > 0 && (
                  <span className="faint">
                    {t("clock.explained.counted", { secs: span(owner.counted_secs, language) })} ·{" "}
                    {t("clock.explained.paused", { secs: span(owner.paused_secs, language) })}
                  </span>
                )}
              </span>
            ))}
          </div>
        </div>
      )}
      <div className="panel table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>{t("clock.column.from")}</th>
              <th>{t("clock.column.to")}</th>
              <th>{t("clock.column.kind")}</th>
              <th className="num">{t("clock.column.secs")}</th>
              <th>{t("clock.column.cause")}</th>
            </tr>
          </thead>
          <tbody>
            {explained.intervals.map((interval) => (
              <tr key={`${interval.from}${interval.kind}`}>
                <td style={{ whiteSpace: "nowrap" }}>
                  <Tooltip title={instant(interval.from, language, explained.calendar.zone)}>
                    {at(interval.from)}
                  </Tooltip>
                </td>
                <td style={{ whiteSpace: "nowrap" }}>
                  <Tooltip title={instant(interval.to, language, explained.calendar.zone)}>{at(interval.to)}</Tooltip>
                </td>
                <td style={{ whiteSpace: "nowrap" }}>
                  <span className="row">
                    <i className={`key ${interval.kind}`} />
                    {t(`clock.kind.${interval.kind}`)}
                  </span>
                </td>
                <td className="num" style={{ whiteSpace: "nowrap" }}>
                  {span(interval.secs, language)}
                </td>
                <td>
                  {cause(interval)}
                  {interval.cause.detail && <span className="faint"> {detailText(interval.cause.detail)}</span>}
                  {interval.cause.event_seq !== null && (
                    <EventLinks seqs={[interval.cause.event_seq]} open={setEvent} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </div>
  );
}

// Good, bad, partial and unknown over time. Unknown is hatched: never silently up.
import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { useMemo } from "react";
import type { SliDay, SliInterval, SliState } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { day as dayText, percent, shortInstant, span, timeOfDay } from "@/kit/format";
import { serviceQueries } from "./api";
import { bars, overall } from "./days";
import "./service.css";

export function DaysStrip({ days, height = 30 }: { days: SliDay[]; height?: number }) {
  const { t, language } = useText();
  const shown = useMemo(() => bars(days), [days]);
  const all = overall(days);
  return (
    <div
      className="days-strip"
      style={{ height }}
      role="img"
      aria-label={
        all
          ? t("service.stripLabel", { n: days.length, value: percent(all.value, 3) })
          : t("service.stripUnknown", { n: days.length })
      }
    >
      {shown.map((bar) => (
        <Tooltip
          key={bar.date}
          mouseEnterDelay={0.05}
          title={
            <>
              {dayText(`${bar.date}T12:00:00Z`, language, "UTC")}
              <br />
              {bar.availability === null
                ? t("service.noData")
                : t("service.dayAvailability", { value: percent(bar.availability, 3) })}
              {bar.bad_secs > 0 && (
                <>
                  <br />
                  {t("service.sli.bad")} {span(bar.bad_secs, language)}
                </>
              )}
              {bar.partial_secs > 0 && (
                <>
                  <br />
                  {t("service.sli.partial")} {span(bar.partial_secs, language)}
                </>
              )}
              {bar.unknown_secs > 0 && (
                <>
                  <br />
                  {t("service.sli.unknown")} {span(bar.unknown_secs, language)}
                </>
              )}
            </>
          }
        >
          <span className={bar.empty ? "day empty-day" : "day"}>
            {bar.empty ? (
              <i className="unknown" style={{ flexGrow: 1 }} />
            ) : (
              <>
                {bar.bad > 0 && <i className="bad" style={{ flexGrow: bar.bad }} />}
                {bar.partial > 0 && <i className="partial" style={{ flexGrow: bar.partial }} />}
                {bar.unknown > 0 && <i className="unknown" style={{ flexGrow: bar.unknown }} />}
                {bar.good > 0 && <i className="good" style={{ flexGrow: bar.good }} />}
              </>
            )}
          </span>
        </Tooltip>
      ))}
    </div>
  );
}

/** An hour more than a day: a day of the calendar may be as long. */
const DAY_MS = 25 * 3_600_000;

interface Worded {
  /** What a state is called, where it is not a service's. */
  word?: (state: string) => string;
}

/** Intervals over a stretch of time as one line. */
export function IntervalStrip({
  intervals,
  from,
  to,
  height = 22,
  word,
}: {
  intervals: Pick<SliInterval, "state" | "from" | "to">[];
  from: string;
  to: string;
  height?: number;
} & Worded) {
  const { t, language } = useText();
  const wordOf = word ?? ((state: string) => textOf(t, "service.sli", state));
  const start = Date.parse(from);
  const end = Date.parse(to);
  const whole = Math.max(1, end - start);
  const parts = intervals
    .map((interval) => ({
      ...interval,
      a: Math.max(start, Date.parse(interval.from)),
      b: Math.min(end, Date.parse(interval.to)),
    }))
    .filter((part) => part.b > part.a);
  const badSecs = parts.filter((part) => part.state === "bad").reduce((sum, part) => sum + (part.b - part.a) / 1000, 0);
  return (
    <div>
      <div
        className="interval-strip"
        style={{ height }}
        role="img"
        aria-label={t("service.intervalLabel", { bad: span(badSecs, language) })}
      >
        {parts.map((part) => (
          <Tooltip
            key={`${part.from}${part.state}`}
            mouseEnterDelay={0.05}
            title={`${wordOf(part.state)} · ${span((part.b - part.a) / 1000, language)} · ${shortInstant(part.a)} – ${shortInstant(part.b)}`}
          >
            <i
              className={part.state}
              style={{
                left: `${((part.a - start) / whole) * 100}%`,
                width: `max(${part.state === "good" ? 0 : 2}px, ${((part.b - part.a) / whole) * 100}%)`,
              }}
            />
          </Tooltip>
        ))}
      </div>
      <div className="axis">
        <span>{shortInstant(start)}</span>
        <span>{whole > DAY_MS ? shortInstant(end) : timeOfDay(end, false)}</span>
      </div>
    </div>
  );
}

/** The last 24 hours of a service. */
export function DayStrip({ service }: { service: string }) {
  const history = useQuery(serviceQueries.history(service, 1));
  if (!history.data) return <Bone h={44} />;
  return <IntervalStrip intervals={history.data.intervals} from={history.data.from} to={history.data.to} />;
}

const STATES: readonly SliState[] = ["good", "bad", "partial", "unknown"];

export function StripKeys({ word, states = STATES }: Worded & { states?: readonly SliState[] }) {
  const { t } = useText();
  return (
    <div className="keys">
      {states.map((state) => (
        <span key={state}>
          <i className={`sli-key ${state}`} />
          {word?.(state) ?? t(`service.sli.${state}`)}
        </span>
      ))}
    </div>
  );
}

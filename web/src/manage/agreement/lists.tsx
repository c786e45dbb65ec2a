import { useQuery } from "@tanstack/react-query";
import { Collapse } from "antd";
import { Link } from "react-router";
import type { Agreement, CalendarDefinition } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { listed, percent, span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { PriorityBadge } from "@/manage/incident/refs";
import "@/manage/incident/incident.css";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { agreementQueries } from "./api";

const GOALS = ["response", "restore", "resolve"] as const;

export function Agreements() {
  const { t } = useText();
  const agreements = useQuery(agreementQueries.all());
  const session = useSession();
  const calendars = useQuery({ ...agreementQueries.calendars(), enabled: holds(session, "calendar.read") });
  return (
    <Answer of={agreements} bones={<PanelBones height={240} />}>
      {(rows) =>
        rows.length === 0 ? (
          <div className="panel">
            <Empty
              title={t("agreement.empty")}
              text={t("agreement.emptyText")}
              action={<Link to={path.settings("configuration")}>{t("agreement.emptyAction")}</Link>}
            />
          </div>
        ) : (
          <div className="stack">
            {rows.map((agreement) => (
              <AgreementView
                key={agreement.id}
                agreement={agreement}
                calendar={calendars.data?.find((calendar) => calendar.id === agreement.calendar_id)}
              />
            ))}
          </div>
        )
      }
    </Answer>
  );
}

function AgreementView({ agreement, calendar }: { agreement: Agreement; calendar: CalendarDefinition | undefined }) {
  const { t, language } = useText();
  const priorities = [...new Set(agreement.goals.map((goal) => goal.priority))].sort();
  const goals = GOALS.filter((goal) => agreement.goals.some((each) => each.goal === goal));
  return (
    <Panel
      title={nameIn(language, agreement.display)}
      hint={`${textOf(t, "agreement.layer", agreement.layer)} · ${t("agreement.version", { n: agreement.version })}`}
    >
      <div className="two-columns" style={{ gridTemplateColumns: "minmax(0,1.2fr) minmax(0,1fr)" }}>
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t("agreement.priority")}</th>
                {goals.map((goal) => (
                  <th key={goal} className="num">
                    {t(`clock.goal.${goal}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {priorities.map((priority) => (
                <tr key={priority}>
                  <td>
                    <PriorityBadge priority={priority} />
                  </td>
                  {goals.map((goal) => {
                    const target = agreement.goals.find((each) => each.priority === priority && each.goal === goal);
                    return (
                      <td key={goal} className="num">
                        {target ? span(target.target_secs, language) : "—"}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <dl className="facts">
          <dt>{t("agreement.with")}</dt>
          <dd>{nameIn(language, agreement.customer?.display) || t("agreement.ourselves")}</dd>
          <dt>{t("agreement.services")}</dt>
          <dd>
            {listed(
              agreement.services.map((service) => nameIn(language, service.display)),
              language,
            )}
          </dd>
          <dt>{t("agreement.calendar")}</dt>
          <dd>{calendar ? `${calendar.name} v${calendar.version}` : "—"}</dd>
          <dt>{t("agreement.pauses")}</dt>
          <dd>
            {agreement.pauses.length === 0
              ? t("agreement.noPauses")
              : listed(
                  agreement.pauses.map(
                    (pause) => `${textOf(t, "incident.hold", pause.hold)} → ${textOf(t, "clock.owner", pause.owner)}`,
                  ),
                  language,
                )}
          </dd>
          <dt>{t("agreement.promised")}</dt>
          <dd>
            {[
              agreement.availability_target !== null &&
                t("agreement.availability", { value: percent(agreement.availability_target, 3) }),
              agreement.attainment_target !== null &&
                t("agreement.attainment", { value: percent(agreement.attainment_target, 1) }),
            ]
              .filter(Boolean)
              .join(" · ") || "—"}
          </dd>
          {agreement.reopen_within_days !== undefined && (
            <>
              <dt>{t("agreement.reopen")}</dt>
              <dd>{t("agreement.reopenText", { n: agreement.reopen_within_days })}</dd>
            </>
          )}
        </dl>
      </div>
    </Panel>
  );
}

export function Calendars() {
  const { t } = useText();
  const calendars = useQuery(agreementQueries.calendars());
  return (
    <Answer of={calendars} bones={<PanelBones height={200} />}>
      {(rows) =>
        rows.length === 0 ? (
          <div className="panel">
            <Empty title={t("agreement.noCalendars")} text={t("agreement.noCalendarsText")} />
          </div>
        ) : (
          <div className="stack">
            {rows.map((calendar) => (
              <Panel
                key={calendar.id}
                title={calendar.name}
                hint={`${String(calendar.body.zone ?? "")} · ${t("agreement.version", { n: calendar.version })}`}
              >
                <WeekHours weekly={calendar.body.weekly} />
                <Collapse
                  ghost
                  size="small"
                  items={[
                    {
                      key: "body",
                      label: t("agreement.asDeclared"),
                      children: <pre className="payload">{JSON.stringify(calendar.body, null, 2)}</pre>,
                    },
                  ]}
                />
              </Panel>
            ))}
          </div>
        )
      }
    </Answer>
  );
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Weekly hours as declared, when they are in one of the forms we know: a map of days, or a list with days. */
function WeekHours({ weekly }: { weekly: unknown }) {
  const { language } = useText();
  const name = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" });
  const hours = hoursOf(weekly);
  if (!hours) return null;
  return (
    <dl className="facts" style={{ gridTemplateColumns: "60px 1fr" }}>
      {DAYS.map((day, index) => (
        <div key={day} style={{ display: "contents" }}>
          <dt>{name.format(Date.UTC(2024, 0, 1 + index))}</dt>
          <dd>{listed(hours[index] ?? [], language) || <span className="faint">—</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

export function hoursOf(weekly: unknown): string[][] | null {
  const text = (interval: unknown): string => {
    if (typeof interval === "string") return interval;
    if (Array.isArray(interval)) return interval.map(String).join("–");
    if (typeof interval === "object" && interval !== null) {
      const { from, to, start, end } = interval as Record<string, unknown>;
      return `${String(from ?? start ?? "")}–${String(to ?? end ?? "")}`;
    }
    return "";
  };
  const at = (day: unknown) => DAYS.findIndex((name) => name.startsWith(String(day).toLowerCase().slice(0, 3)));
  const week: string[][] = DAYS.map(() => []);
  if (Array.isArray(weekly)) {
    for (const entry of weekly as Record<string, unknown>[]) {
      const days = [entry.days ?? entry.day].flat();
      const intervals = Array.isArray(entry.hours) ? entry.hours : [entry];
      for (const day of days) week[at(day)]?.push(...intervals.map(text));
    }
    return week.some((day) => day.length > 0) ? week : null;
  }
  if (typeof weekly === "object" && weekly !== null) {
    for (const [day, intervals] of Object.entries(weekly))
      week[at(day)]?.push(...(Array.isArray(intervals) ? intervals : [intervals]).map(text));
    return week.some((day) => day.length > 0) ? week : null;
  }
  return null;
}

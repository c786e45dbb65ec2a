// Changes and freezes of a month or a week. What is dragged to another day keeps its hours.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Change, ChangeCalendar } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { useFilters } from "@/kit/filter";
import { timeOfDay } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { CalendarFeed } from "@/manage/release/feed";
import { path } from "@/path";
import { changeQueries } from "./api";
import { MoveDialog } from "./move-dialog";
import { changeNumber } from "./words";
import "./change.css";

/** Monday of the week of a day. */
const monday = (day: Dayjs) => day.startOf("day").subtract((day.day() + 6) % 7, "day");

export default function CalendarPage() {
  const { t } = useText();
  const filters = useFilters();
  const span = filters.get("span") === "week" ? "week" : "month";
  const asked = dayjs(filters.get("day") || undefined);
  const at = asked.isValid() ? asked : dayjs();
  const first = span === "week" ? monday(at) : monday(at.startOf("month"));
  const weeks = span === "week" ? 1 : 6;
  const to = first.add(weeks * 7, "day");
  const calendar = useQuery(changeQueries.calendar(first.toISOString(), to.toISOString()));
  const go = (by: number) => filters.set("day", at.add(by, span).format("YYYY-MM-DD"));
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.changes(), label: t("change.changes") }}
        title={t("change.calendar.title")}
        sub={t("change.calendar.sub")}
        actions={
          <>
            <CalendarFeed />
            <Segmented
              aria-label={t("change.calendar.span")}
              value={span}
              onChange={(value) => filters.set("span", value)}
              options={(["month", "week"] as const).map((value) => ({ value, label: t(`change.calendar.${value}`) }))}
            />
            <Button icon={<ChevronLeft size={15} />} aria-label={t("change.calendar.before")} onClick={() => go(-1)} />
            <b className="num">{span === "month" ? at.format("YYYY-MM") : first.format("YYYY-MM-DD")}</b>
            <Button icon={<ChevronRight size={15} />} aria-label={t("change.calendar.after")} onClick={() => go(1)} />
          </>
        }
      />
      <Answer of={calendar} bones={<PanelBones height={400} />}>
        {(found) => <Days calendar={found} first={first} days={weeks * 7} />}
      </Answer>
    </div>
  );
}

const meets = (window: { from: string; to: string }, day: Dayjs) =>
  dayjs(window.from).isBefore(day.add(1, "day")) && dayjs(window.to).isAfter(day);

function Days({ calendar, first, days }: { calendar: ChangeCalendar; first: Dayjs; days: number }) {
  const { t, language } = useText();
  const dayName = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short" });
  const [dragged, setDragged] = useState<Change | null>(null);
  const [moved, setMoved] = useState<{ change: Change; day: Dayjs } | null>(null);
  return (
    <>
      <div className="change-days">
        {Array.from({ length: days }, (_, n) => first.add(n, "day")).map((day) => {
          const freezes = calendar.freezes.filter((freeze) => meets(freeze.window, day));
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a shortcut; each change's page moves it too
            <div
              key={day.toISOString()}
              className={`change-day${freezes.length > 0 ? " frozen" : ""}${day.isSame(dayjs(), "day") ? " today" : ""}`}
              onDragOver={(event) => dragged && event.preventDefault()}
              onDrop={() => {
                if (dragged && !day.isSame(dragged.window.from, "day")) setMoved({ change: dragged, day });
                setDragged(null);
              }}
            >
              <time dateTime={day.format("YYYY-MM-DD")}>
                {day.format("MM-DD")} <span className="faint">{dayName.format(day.toDate())}</span>
              </time>
              {freezes.map((freeze) => (
                <p key={freeze.name + freeze.window.from} className="faint">
                  {t("change.calendar.freeze", { name: nameIn(language, freeze.display) })}
                </p>
              ))}
              {calendar.changes
                .filter((change) => meets(change.window, day))
                .map((change) => (
                  <Link
                    key={change.id}
                    to={path.change(change.id)}
                    draggable={change.allowed.includes("move")}
                    onDragStart={() => setDragged(change)}
                    onDragEnd={() => setDragged(null)}
                    title={`${change.title} · ${t(`change.state.${change.state}`)}`}
                  >
                    <span className="num">{timeOfDay(change.window.from, false)}</span> {changeNumber(change.number)}{" "}
                    {change.title}
                  </Link>
                ))}
            </div>
          );
        })}
      </div>
      {moved && <MoveDialog change={moved.change} day={moved.day} close={() => setMoved(null)} />}
    </>
  );
}

// A rota row by row: each layer by itself, and at the bottom who is on call in the end. Gaps are red, and in words below.
import { Tooltip } from "antd";
import type { Board, Ref, Shift } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { shortInstant } from "@/kit/format";
import { Status } from "@/kit/status";
import { addDays, hue } from "./week";

interface Props {
  board: Board;
  names: string[];
  first: Date;
  days: number;
  members: Ref[];
  /** What a press on a stretch of the final row does: somebody may stand in there. */
  pick?: (stretch: { from: string; to: string }) => void;
}

export function BoardRows({ board, names, first, days, members, pick }: Props) {
  const { t, language } = useText();
  const dayName = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "narrow" });
  const head = Array.from({ length: days }, (_, at) => addDays(first, at));
  const row = { first: first.getTime(), last: addDays(first, days).getTime(), members };
  return (
    <div className="board">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <section className="board-scroll" tabIndex={0} aria-label={t("onCall.layersTitle")}>
        <div className="board-row board-days" style={{ ["--days" as string]: days }} aria-hidden="true">
          <span className="board-name" />
          {head.map((day) => (
            <span key={day.getTime()} className="board-day">
              {dayName.format(day)} {day.getDate()}
            </span>
          ))}
        </div>
        {board.layers.map((shifts, at) => (
          <Row key={at} name={names[at] || t("onCall.layerN", { n: at + 1 })} shifts={shifts} {...row} />
        ))}
        <Row name={t("onCall.final")} shifts={board.final} final pick={pick} {...row} />
      </section>
      {board.gaps.length > 0 && (
        <div className="board-gaps">
          <Status tone="bad" word={t("onCall.gapsN", { count: board.gaps.length })} />
          <span className="muted">
            {board.gaps
              .slice(0, 4)
              .map((gap) => `${shortInstant(gap.from)} – ${shortInstant(gap.to)}`)
              .join(" · ")}
            {board.gaps.length > 4 && " …"}
          </span>
        </div>
      )}
    </div>
  );
}

function Row({
  name,
  shifts,
  final = false,
  first,
  last,
  members,
  pick,
}: {
  name: string;
  shifts: Shift[];
  final?: boolean;
  first: number;
  last: number;
  members: Ref[];
  pick?: Props["pick"];
}) {
  const { t, language } = useText();
  const at = (instant: string) => Math.min(100, Math.max(0, ((Date.parse(instant) - first) / (last - first)) * 100));
  return (
    <div className={`board-row${final ? " final" : ""}`}>
      <b className="board-name clip">{name}</b>
      <div className="board-track">
        {shifts.map((shift) => {
          const [left, right] = [at(shift.from), at(shift.to)];
          const who = shift.person ? nameIn(language, shift.person.display) : t("onCall.nobody");
          const place = members.findIndex((member) => member.id === shift.person?.id);
          const look = {
            className: `shift${shift.person ? "" : " nobody"}${shift.override_id ? " override" : ""}`,
            style: { left: `${left}%`, width: `${right - left}%`, ["--hue" as string]: hue(place) },
          };
          const when = `${who} · ${shortInstant(shift.from)} – ${shortInstant(shift.to)}`;
          const text = <span className="clip">{right - left > 6 ? who : ""}</span>;
          const ahead = Date.parse(shift.to) > Date.now();
          return (
            <Tooltip key={shift.from} title={when}>
              {pick && ahead ? (
                <button
                  type="button"
                  {...look}
                  aria-label={t("onCall.standInFor", { what: when })}
                  onClick={() => pick({ from: shift.from, to: shift.to })}
                >
                  {text}
                </button>
              ) : (
                <span {...look}>{text}</span>
              )}
            </Tooltip>
          );
        })}
      </div>
    </div>
  );
}

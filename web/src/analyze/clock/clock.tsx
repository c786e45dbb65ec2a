// The same clock everywhere: a chip in a row, a card with a ring in a detail, the explanation in a drawer.
import { Tooltip } from "antd";
import { useState } from "react";
import type { Clock } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { countdown, instant, span } from "@/kit/format";
import { useNow } from "@/kit/now";
import { Shape } from "@/kit/status";
import "./clock.css";
import { ExplainDrawer } from "./explain";
import { clockAt, inReadingOrder, mostPressing, TONE, wordOf } from "./tick";

/** The clock that presses most. `clocks` undefined = not known yet, which is not the same as none. */
export function ClockChip({ clocks }: { clocks: Clock[] | undefined }) {
  const { t, language } = useText();
  const now = useNow();
  const clock = clocks ? mostPressing(clocks, now) : null;
  if (!clocks) return <Bone w={96} h={11} />;
  if (!clock) return <span className="faint">—</span>;
  const shown = clockAt(clock, now);
  const word = wordOf(clock, shown);
  const over = word === "met" || word === "over" || word === "missed";
  return (
    <Tooltip
      title={
        <>
          {textOf(t, "clock.goal", clock.goal)} · {t(`clock.word.${word}`)}
          <br />
          {nameIn(language, clock.agreement.display)}
          {clock.due_at && (
            <>
              <br />
              {t("clock.due", { at: instant(clock.due_at, language) })}
            </>
          )}
        </>
      }
    >
      <span className={`clock-chip is-${TONE[word]}`}>
        <Shape tone={TONE[word]} size={10} />
        {over ? (
          <span>{t(`clock.word.${word}`)}</span>
        ) : (
          <>
            <span className="digits">{countdown(shown.remaining_secs, language)}</span>
            <span className="goal">
              {word === "running" || word === "soon" ? textOf(t, "clock.goal", clock.goal) : t(`clock.word.${word}`)}
            </span>
          </>
        )}
      </span>
    </Tooltip>
  );
}

export function Ring({ share, className, size = 42 }: { share: number; className: string; size?: number }) {
  const r = 17;
  const around = 2 * Math.PI * r;
  const left = Math.max(0, Math.min(1, 1 - share));
  return (
    <svg width={size} height={size} viewBox="0 0 42 42" className={className} aria-hidden="true">
      <circle className="ring-track" cx="21" cy="21" r={r} fill="none" strokeWidth="4.5" />
      <circle
        className="ring-value"
        cx="21"
        cy="21"
        r={r}
        fill="none"
        strokeWidth="4.5"
        strokeLinecap="round"
        strokeDasharray={around}
        strokeDashoffset={around * (1 - left)}
        transform="rotate(-90 21 21)"
      />
      {share >= 1 && <path d="M21 13v10M21 27.5v.5" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />}
    </svg>
  );
}

export function ClockCards({ clocks }: { clocks: Clock[] }) {
  const { t, language } = useText();
  const now = useNow();
  const [open, setOpen] = useState<Clock | null>(null);
  return (
    <div className="clock-cards">
      {inReadingOrder(clocks).map((clock) => {
        const shown = clockAt(clock, now);
        const word = wordOf(clock, shown);
        const tone = TONE[word];
        const over = word === "met" || word === "over";
        return (
          <button
            key={`${clock.goal}${clock.agreement.id}`}
            type="button"
            className="clock-card"
            onClick={() => setOpen(clock)}
          >
            <Ring share={over ? 0 : shown.share} className={`is-${tone}`} />
            <span>
              <span className="row" style={{ gap: 8 }}>
                <b>{textOf(t, "clock.goal", clock.goal)}</b>
                <span className={`status is-${tone}`}>
                  <Shape tone={tone} size={10} />
                  {t(`clock.word.${word}`)}
                </span>
              </span>
              <span className={`digits is-${tone}`}>
                {over ? span(shown.elapsed_secs, language) : countdown(shown.remaining_secs, language)}
              </span>
              <span className="under" style={{ display: "block" }}>
                {over
                  ? t("clock.usedOf", {
                      used: span(shown.elapsed_secs, language),
                      target: span(clock.target_secs, language),
                    })
                  : clock.due_at
                    ? t("clock.due", { at: instant(clock.due_at, language) })
                    : clock.state === "paused"
                      ? t("clock.pausedBy", { who: textOf(t, "incident.hold", clock.paused_by ?? "internal") })
                      : t("clock.noDue")}
              </span>
              <span className="under clip" style={{ display: "block" }}>
                {nameIn(language, clock.agreement.display)} ·{" "}
                {t("clock.targetOf", { target: span(clock.target_secs, language) })}
              </span>
            </span>
            <span className="go">{t("clock.explain")}</span>
          </button>
        );
      })}
      <ExplainDrawer clock={open} close={() => setOpen(null)} />
    </div>
  );
}

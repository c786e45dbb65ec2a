// Which stretch of time: quick ranges, two instants, earlier and later, wider.
import { Button, DatePicker, Popover, Tooltip } from "antd";
import dayjs from "dayjs";
import { ChevronLeft, ChevronRight, Clock, ZoomOut } from "lucide-react";
import { useState } from "react";
import { serverNow } from "@/api/client";
import { useText } from "@/i18n";
import { shortInstant, span } from "@/kit/format";
import { durationSecs, lengthOf, moved, QUICK, type Range, spanOf, wider } from "./range";
import "./bar.css";

export function TimePicker({ range, choose }: { range: Range; choose: (range: Range) => void }) {
  const { t, language } = useText();
  const [open, setOpen] = useState(false);
  const length = lengthOf(range);
  const { fromMs, toMs } = spanOf(range, serverNow());
  const secs = length === null ? null : durationSecs(length);
  const label =
    secs === null
      ? `${shortInstant(fromMs)} – ${shortInstant(toMs)}`
      : t("metric.time.last", { span: span(secs, language) });
  const take = (next: Range) => {
    setOpen(false);
    choose(next);
  };
  const step = (text: string, icon: React.ReactNode, next: () => Range) => (
    <Tooltip title={text}>
      <Button aria-label={text} icon={icon} onClick={() => choose(next())} />
    </Tooltip>
  );
  return (
    <div className="time-picker">
      {step(t("metric.time.earlier"), <ChevronLeft size={15} aria-hidden />, () => moved(range, serverNow(), -1))}
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottomRight"
        content={
          <div className="time-choices">
            <div className="label">{t("metric.time.quick")}</div>
            <div className="quick">
              {QUICK.map((each) => (
                <Button
                  key={each}
                  size="small"
                  type={length === each ? "primary" : "default"}
                  onClick={() => take({ from: `now-${each}`, to: "now" })}
                >
                  {span(durationSecs(each) ?? 0, language)}
                </Button>
              ))}
            </div>
            <div className="label">{t("metric.time.absolute")}</div>
            <DatePicker.RangePicker
              showTime
              allowClear={false}
              value={[dayjs(fromMs), dayjs(toMs)]}
              placeholder={[t("metric.time.from"), t("metric.time.to")]}
              aria-label={t("metric.time.absolute")}
              onChange={(chosen) => {
                const [from, to] = chosen ?? [];
                if (from && to) take({ from: String(from.valueOf()), to: String(to.valueOf()) });
              }}
            />
          </div>
        }
      >
        <Button icon={<Clock size={14} aria-hidden />} aria-label={t("metric.time.choose", { range: label })}>
          {label}
        </Button>
      </Popover>
      {step(t("metric.time.later"), <ChevronRight size={15} aria-hidden />, () => moved(range, serverNow(), 1))}
      {step(t("metric.time.wider"), <ZoomOut size={15} aria-hidden />, () => wider(range, serverNow()))}
    </div>
  );
}

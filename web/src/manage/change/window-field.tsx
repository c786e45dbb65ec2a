// From when to when, in the reader's zone.
import { DatePicker } from "antd";
import type { Dayjs } from "dayjs";
import { useText } from "@/i18n";

const PICKER = { showTime: { format: "HH:mm" }, format: "YYYY-MM-DD HH:mm", allowClear: false } as const;

export const windowOf = ([from, to]: [Dayjs, Dayjs]) => ({ from: from.toISOString(), to: to.toISOString() });

export function WindowField({ value, onChange }: { value: [Dayjs, Dayjs]; onChange: (value: [Dayjs, Dayjs]) => void }) {
  const { t } = useText();
  const [from, to] = value;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="row-wrap">
      <div className="field grow">
        <label htmlFor="change-from">{t("change.from")}</label>
        <DatePicker
          {...PICKER}
          id="change-from"
          value={from}
          style={{ width: "100%" }}
          // The window keeps its length when its beginning moves.
          onChange={(next) => next && onChange([next, next.add(to.diff(from))])}
        />
      </div>
      <div className="field grow">
        <label htmlFor="change-to">{t("change.to")}</label>
        <DatePicker
          {...PICKER}
          id="change-to"
          value={to}
          style={{ width: "100%" }}
          onChange={(next) => next && onChange([from, next])}
        />
      </div>
      <p className="help">{zone}</p>
    </div>
  );
}

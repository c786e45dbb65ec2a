// Burn rates: each pair of windows, how fast the budget goes in both, and from which rate on it is trouble.
import { Tooltip } from "antd";
import type { SloDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { instant, number, span } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { counted } from "./words";

type Rate = SloDetail["pairs"][number]["long"];
const SAYS: Record<string, Tone> = { burns: "bad", calm: "good", unsure: "unknown" };

export function Rates({ slo }: { slo: SloDetail }) {
  const { t, language } = useText();
  if (slo.pairs.length === 0) return <Empty compact title={t("slo.rate.none")} />;
  return (
    <div className="table-wrap">
      <table className="table" aria-label={t("slo.rate.title")}>
        <thead>
          <tr>
            <th scope="col">{t("slo.column.state")}</th>
            <th scope="col" className="wide-only">
              {t("slo.rate.severity")}
            </th>
            <th scope="col" className="num">
              {t("slo.rate.limit")}
            </th>
            <th scope="col">{t("slo.rate.long")}</th>
            <th scope="col">{t("slo.rate.short")}</th>
            <th scope="col" className="num wide-only">
              {t("slo.rate.hold")}
            </th>
          </tr>
        </thead>
        <tbody>
          {slo.pairs.map((pair) => (
            <tr key={`${pair.severity}${pair.limit}${pair.long.window}`}>
              <td>
                <Status tone={SAYS[pair.says] ?? "unknown"} word={t(`slo.says.${pair.says}`)} />
              </td>
              <td className="wide-only">{t(`slo.severity.${pair.severity}`)}</td>
              <td className="num">{number(pair.limit, language, 2)}×</td>
              <td>
                <RateCell slo={slo} rate={pair.long} limit={pair.limit} />
              </td>
              <td>
                <RateCell slo={slo} rate={pair.short} limit={pair.limit} />
              </td>
              <td className="num wide-only">{pair.hold_mins > 0 ? span(pair.hold_mins * 60, language) : "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A window's rate against the limit: a bar that is full where the alert begins. */
function RateCell({ slo, rate, limit }: { slo: SloDetail; rate: Rate; limit: number }) {
  const { t, language } = useText();
  const over = rate.rate >= limit;
  return (
    <Tooltip
      title={
        <>
          {counted(t, slo, rate.numerator, language)} / {counted(t, slo, rate.denominator, language)}
          <br />
          {instant(rate.from, language)} – {instant(rate.to, language)}
        </>
      }
    >
      <span className={`rate${over ? " is-bad" : ""}`}>
        <span className="row">
          <span className="faint">{rate.window}</span>
          <b className="num">{number(rate.rate, language, rate.rate < 10 ? 2 : 1)}×</b>
        </span>
        <span className="budget-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, (rate.rate / limit) * 100)}%` }} />
        </span>
      </span>
    </Tooltip>
  );
}

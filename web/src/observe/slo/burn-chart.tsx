// The error budget over the window, with the incidents of the service laid over it: each opens. The same as a table.
import { Tooltip } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { SloDetail } from "@/api/types";
import { useText } from "@/i18n";
import { ratio, shortInstant, span } from "@/kit/format";
import { PriorityBadge } from "@/manage/incident/refs";
import { incidentNumber } from "@/manage/incident/words";
import { path } from "@/path";
import { type Band, burn, pointAt } from "./burn";

const WIDTH = 1000;
const HEIGHT = 240;
const ROWS_MAX = 60;

export function BurnChart({ slo }: { slo: SloDetail }) {
  const { t } = useText();
  const [table, setTable] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const shape = burn(slo);
  const line = shape.curve.map(([x, y]) => `${(x * WIDTH).toFixed(1)},${(y * HEIGHT).toFixed(1)}`).join(" ");
  const last = shape.curve.at(-1);
  const under = cursor === null ? null : pointAt(slo, cursor);
  const tone = slo.remaining.value < 0 ? "bad" : "accent";
  return (
    <figure className="burn">
      <div className="burn-body">
        <div className="burn-scale" aria-hidden="true">
          {shape.grid.map((share) => (
            <span key={share} style={{ top: `${((1 - share) / (1 - shape.floor)) * 100}%` }}>
              {ratio(share, 0)}
            </span>
          ))}
        </div>
        <div
          className="burn-area"
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            setCursor((event.clientX - box.left) / Math.max(1, box.width));
          }}
          onPointerLeave={() => setCursor(null)}
        >
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t("slo.curve.label", { left: ratio(slo.remaining.value, 1), n: slo.incidents.length })}
          >
            {shape.grid.map((share) => {
              const y = ((1 - share) / (1 - shape.floor)) * HEIGHT;
              return <line key={share} className={share === 0 ? "zero" : "grid"} x1="0" x2={WIDTH} y1={y} y2={y} />;
            })}
            <line className="even" x1="0" y1="0" x2={WIDTH} y2={shape.zero * HEIGHT} />
            {last && (
              <polygon
                className={`fill ${tone}`}
                points={`0,${shape.zero * HEIGHT} ${line} ${last[0] * WIDTH},${shape.zero * HEIGHT}`}
              />
            )}
            <polyline className={`line ${tone}`} points={line} />
          </svg>
          {shape.bands.map((band) => (
            <BandLink key={band.id} band={band} />
          ))}
          {shape.until < 1 && (
            <span className="burn-now" style={{ left: `${shape.until * 100}%` }} aria-hidden="true">
              {t("slo.curve.now")}
            </span>
          )}
          {under && cursor !== null && (
            <span className={`burn-tip${cursor > 0.5 ? " before" : ""}`} style={{ left: `${cursor * 100}%` }}>
              {shortInstant(under.at)} <b>{ratio(under.remaining, 1)}</b>
            </span>
          )}
        </div>
      </div>
      <figcaption className="row-wrap burn-foot">
        <span className="keys">
          <span>
            <i className={`key burn-key ${tone}`} />
            {t("slo.curve.left")}
          </span>
          <span>
            <i className="key burn-key even" />
            {t("slo.curve.even")}
          </span>
          <span>
            <i className="key burn-key band" />
            {t("slo.curve.incident")}
          </span>
        </span>
        <span className="grow" />
        <button type="button" className="link-button" onClick={() => setTable(!table)} aria-expanded={table}>
          {t(table ? "kit.hideTable" : "kit.asTable")}
        </button>
      </figcaption>
      {table && (
        <div className="table-wrap chart-table">
          <table className="table" aria-label={t("slo.curve.title")}>
            <thead>
              <tr>
                <th scope="col">{t("kit.time")}</th>
                <th scope="col" className="num">
                  {t("slo.curve.left")}
                </th>
              </tr>
            </thead>
            <tbody>
              {slo.points
                .toReversed()
                .slice(0, ROWS_MAX)
                .map((point) => (
                  <tr key={point.at}>
                    <td>{shortInstant(point.at)}</td>
                    <td className="num">{ratio(point.remaining, 2)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

function BandLink({ band }: { band: Band }) {
  const { t, language } = useText();
  const lasted = band.to ? (Date.parse(band.to) - Date.parse(band.from)) / 1000 : null;
  return (
    <Tooltip
      title={
        <span className="row">
          <PriorityBadge priority={band.priority} /> {incidentNumber(band.number)} · {shortInstant(band.from)} ·{" "}
          {lasted === null ? t("slo.incident.open") : span(lasted, language)}
        </span>
      }
    >
      <Link
        to={path.incident(band.id)}
        className={`burn-band${band.open ? " open" : ""}`}
        style={{ left: `min(${band.left * 100}%, 100% - 7px)`, width: `max(7px, ${band.width * 100}%)` }}
        aria-label={t("slo.incident.go", { number: incidentNumber(band.number) })}
      />
    </Tooltip>
  );
}

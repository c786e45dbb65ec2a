// The places from which probes look: how each of them does, and what each says of one probe.
import { useQuery } from "@tanstack/react-query";
import type { Probe } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { millis, number } from "@/kit/format";
import { Status } from "@/kit/status";
import { Ago, Lasting } from "@/kit/time";
import { probeQueries } from "./api";
import { HERE, stateOf } from "./vantage";
import { tone } from "./verdict";

/** Nothing where the server alone looks. */
export function Vantages() {
  const { t, language } = useText();
  const vantages = useQuery(probeQueries.vantages());
  const places = vantages.data ?? [];
  if (places.every((place) => place.name === HERE)) return null;
  return (
    <ul className="vantages" aria-label={t("probe.vantage.title")}>
      {places.map((place) => {
        const state = stateOf(place, Date.now());
        return (
          <li key={place.name} className="panel">
            <b className="mono">{place.name === HERE ? t("probe.vantage.here") : place.name}</b>
            <Status tone={state.tone} word={t(`probe.vantage.state.${state.word}`)} />
            <span className="faint">
              {t("probe.vantage.probes", { n: place.probes })}
              {place.heard_at && (
                <>
                  {" · "}
                  <Ago at={place.heard_at} />
                </>
              )}
              {place.waiting > 0 && ` · ${t("probe.vantage.waiting", { n: number(place.waiting, language) })}`}
              {state.word === "clock" && ` · ${millis(place.clock_ahead_ms ?? 0)}`}
              {place.dropped > 0 && ` · ${t("probe.vantage.dropped", { n: number(place.dropped, language) })}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What each vantage point says of a probe. */
export function Sightings({ probe }: { probe: Probe }) {
  const { t } = useText();
  return (
    <ul className="sightings">
      {probe.vantages.map((sight) => (
        <li key={sight.vantage}>
          <b className="mono">{sight.vantage === HERE ? t("probe.vantage.here") : sight.vantage}</b>
          <Status tone={tone(sight.verdict)} word={textOf(t, "probe.verdict", sight.verdict)} />
          <span className="muted num">{sight.last ? millis(sight.last.duration_ms) : "—"}</span>
          <span className="faint sighting-why">
            {sight.last && sight.last.code !== "ok" && `${textOf(t, "probe.code", sight.last.code)} · `}
            <Lasting since={sight.since} />
          </span>
        </li>
      ))}
    </ul>
  );
}

// What the list and the page of an objective both show.
import { useQuery } from "@tanstack/react-query";
import type { Slo } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ratio } from "@/kit/format";
import { Status } from "@/kit/status";
import { serviceQueries } from "@/manage/service/api";
import { ServiceRef } from "@/manage/service/refs";
import { standingOf, TONES } from "./state";

/** Its service by its shown name; said when none of that name is declared: then nothing is told to anybody. */
export function ServiceOf({ slo }: { slo: Slo }) {
  const { t, language } = useText();
  const services = useQuery(serviceQueries.all());
  if (!slo.service_id) return <Status tone="attention" word={t("slo.undeclared", { name: slo.service })} />;
  const known = services.data?.find((service) => service.id === slo.service_id);
  return <ServiceRef id={slo.service_id} display={nameIn(language, known?.display) || slo.service} />;
}

export function Standing({ slo, pill = true }: { slo: Slo; pill?: boolean }) {
  const { t } = useText();
  const standing = standingOf(slo);
  return <Status tone={TONES[standing]} word={t(`slo.standing.${standing}`)} pill={pill} />;
}

/** What is left; overspent is an empty bar and a number below zero. Time that nobody observed is said beside it. */
export function BudgetBar({ slo }: { slo: Slo }) {
  const { t } = useText();
  const left = Math.max(0, Math.min(1, slo.remaining.value));
  return (
    <span className={`budget is-${TONES[standingOf(slo)]}`}>
      <span className="row">
        <b className="num">{slo.sli ? ratio(slo.remaining.value, 1) : "—"}</b>
        {slo.unknown_share >= 0.001 && (
          <small className="is-unknown">{t("slo.unknown", { share: ratio(slo.unknown_share, 1) })}</small>
        )}
      </span>
      <span className="budget-bar" aria-hidden="true">
        <i style={{ width: `${slo.sli ? left * 100 : 0}%` }} />
      </span>
    </span>
  );
}

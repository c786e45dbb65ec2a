import type { Slo } from "@/api/types";
import type { Language, Translate } from "@/i18n";
import { number, span } from "@/kit/format";

/** How many events or slices, with the word for them. */
export function counted(t: Translate, slo: Pick<Slo, "slice_mins">, n: number, language: Language): string {
  const size = Math.abs(n);
  const amount = number(n, language, size > 0 && size < 10 ? 2 : size < 100 ? 1 : 0);
  return slo.slice_mins === null
    ? t("slo.unit.events", { count: n, amount })
    : t("slo.unit.slices", { count: n, amount });
}

/** `30 d, rolling`; a calendar's with its zone. */
export function windowWord(
  t: Translate,
  slo: Pick<Slo, "from" | "to" | "window_kind" | "window_mins" | "zone">,
  language: Language,
): string {
  if (slo.window_kind !== "calendar") return t("slo.window.rolling", { length: span(slo.window_mins * 60, language) });
  const length = span((Date.parse(slo.to) - Date.parse(slo.from)) / 1000, language);
  return t("slo.window.calendar", { length, zone: slo.zone ?? "UTC" });
}

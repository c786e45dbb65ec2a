// Which fields of a form are shown for these answers, and what they come to: as the server judges it, so that nobody sees a
// field appear only after a refusal. The server decides; this only shows.
import type { CatalogueField, CataloguePrice } from "@/api/types";
import type { Language } from "@/i18n";

export type Answers = Record<string, unknown>;

const isEmpty = (value: unknown) =>
  value === undefined ||
  value === null ||
  (typeof value === "string" && value.trim() === "") ||
  (Array.isArray(value) && value.length === 0);

/** The fields that are asked, from top to bottom: one that depends on a hidden field is hidden too. */
export function shownFields(form: CatalogueField[], answers: Answers): CatalogueField[] {
  const counted = new Map<string, unknown>();
  return form.filter((field) => {
    const when = field.shown_when;
    if (when) {
      const answer = counted.get(when.field);
      const said = Array.isArray(answer) ? answer : [answer];
      if (!said.some((one) => when.is.includes(one))) return false;
    }
    if (!isEmpty(answers[field.key])) counted.set(field.key, answers[field.key]);
    return true;
  });
}

/** The answers that are sent: to fields that are shown, and only where there is one. */
export function answersOf(form: CatalogueField[], answers: Answers): Answers {
  const shown = shownFields(form, answers).filter((field) => !isEmpty(answers[field.key]));
  return Object.fromEntries(shown.map((field) => [field.key, answers[field.key]]));
}

/** The keys of fields that must be answered and are not. */
export function missing(form: CatalogueField[], answers: Answers): string[] {
  return shownFields(form, answers)
    .filter((field) => field.required && isEmpty(answers[field.key]))
    .map((field) => field.key);
}

/** What it comes to, in minor units; null when the answer it depends on is not given. */
export function totalMinor(price: CataloguePrice, answers: Answers): number | null {
  if (!price.per) return price.amount_minor;
  const times = answers[price.per];
  return typeof times === "number" && Number.isInteger(times) ? price.amount_minor * Math.max(0, times) : null;
}

/** An amount as people read it: the currency says how many digits its minor unit has. */
export function money(amountMinor: number, currency: string, language: Language): string {
  const format = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}

// A row's detail is a code with its values, such as `P2 restore met target 7200 s due 2026-11-22T04:00:00Z`: each word in
// the reader's language, spans and instants as everywhere else, and a separator before what is a statement of its own.
// Pure but for the catalogue.
import { type Language, type Translate, textOf } from "@/i18n";
import { shortInstant, span } from "@/kit/format";

const PART = /(\d{4}-\d\d-\d\dT[\d:.]+Z)|(\d+) s\b|([A-Za-z_]+(?:\d+)?)/g;
/** What begins a new statement; anything else belongs to the word before it. */
const STATEMENT = /\s+(?=(?:met|breached|open|never|target|due|response|restore|resolve|RTO)\b)/g;
const AFTER_PRIORITY = /^(P\d)\s+/;
const SEPARATOR = " · ";

export function detailText(detail: string, t: Translate, language: Language): string {
  return detail
    .replace(/ due -$/, "")
    .replace(/Z\/(?=\d{4}-)/g, "Z – ")
    .replace(AFTER_PRIORITY, `$1${SEPARATOR}`)
    .replace(STATEMENT, (_blank, at: number, whole: string) => (whole.slice(0, at).endsWith("·") ? " " : SEPARATOR))
    .replace(PART, (whole, at: string | undefined, secs: string | undefined, word: string | undefined) => {
      if (at) return shortInstant(at);
      if (secs) return span(Number(secs), language);
      return word ? textOf(t, "figure.detail", word) : whole;
    });
}

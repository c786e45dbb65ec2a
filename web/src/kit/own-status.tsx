// A status of the house's own: its words and look; the fixed state that it lies under is said on hover and to screen readers.
import { nameIn, useText } from "@/i18n";
import { Status, type Tone } from "./status";

export interface Own {
  title: { zh: string; en: string };
  tone: "plain" | "active" | "good" | "attention" | "bad";
}

export const toneOf = (tone: Own["tone"]): Tone => (tone === "plain" ? "unknown" : tone);

export function OwnStatus({ status, state, pill }: { status: Own; state: string; pill?: boolean }) {
  const { language } = useText();
  return (
    <span title={state}>
      <Status tone={toneOf(status.tone)} word={nameIn(language, status.title)} pill={pill} />
      <span className="sr-only"> ({state})</span>
    </span>
  );
}

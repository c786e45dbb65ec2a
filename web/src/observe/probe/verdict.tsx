import type { Probe } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Status, type Tone } from "@/kit/status";

const TONES: Record<string, Tone> = { up: "good", down: "bad", partial: "attention" };

export function tone(verdict: string): Tone {
  return TONES[verdict] ?? "unknown";
}

export function Verdict({ probe, pill }: { probe: Pick<Probe, "verdict" | "paused">; pill?: boolean }) {
  const { t } = useText();
  if (probe.paused) return <Status tone="attention" word={t("probe.paused")} pill={pill} />;
  return <Status tone={tone(probe.verdict)} word={textOf(t, "probe.verdict", probe.verdict)} pill={pill} />;
}

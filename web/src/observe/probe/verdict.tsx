import type { Probe, Verdict as VerdictWord } from "@/api/types";
import { useText } from "@/i18n";
import { Status, type Tone } from "@/kit/status";

export const VERDICT_TONE: Record<VerdictWord, Tone> = { up: "good", down: "bad", inconclusive: "unknown" };

export function Verdict({ probe, pill }: { probe: Pick<Probe, "verdict" | "paused">; pill?: boolean }) {
  const { t } = useText();
  if (probe.paused) return <Status tone="attention" word={t("probe.paused")} pill={pill} />;
  return <Status tone={VERDICT_TONE[probe.verdict]} word={t(`probe.verdict.${probe.verdict}`)} pill={pill} />;
}

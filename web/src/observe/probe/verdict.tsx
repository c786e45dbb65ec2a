import type { Probe } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Status, type Tone } from "@/kit/status";

function tone(verdict: string): Tone {
  return verdict === "up" ? "good" : verdict === "down" ? "bad" : "unknown";
}

export function Verdict({ probe, pill }: { probe: Pick<Probe, "verdict" | "paused">; pill?: boolean }) {
  const { t } = useText();
  if (probe.paused) return <Status tone="attention" word={t("probe.paused")} pill={pill} />;
  return <Status tone={tone(probe.verdict)} word={textOf(t, "probe.verdict", probe.verdict)} pill={pill} />;
}

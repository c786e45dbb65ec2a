import type { Heartbeat } from "@/api/types";
import type { Language } from "@/i18n";
import { type Translate, textOf, useText } from "@/i18n";
import { span } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";

const TONES: Record<string, Tone> = { up: "good", late: "attention", down: "bad", paused: "attention" };

export function State({ heartbeat, pill }: { heartbeat: Pick<Heartbeat, "state">; pill?: boolean }) {
  const { t } = useText();
  return (
    <Status
      tone={TONES[heartbeat.state] ?? "unknown"}
      word={textOf(t, "heartbeat.state", heartbeat.state)}
      pill={pill}
    />
  );
}

/** When its reports are due, in words. */
export function schedule(heartbeat: Heartbeat, t: Translate, language: Language): string {
  if (heartbeat.cron === null) return t("heartbeat.every", { span: span(heartbeat.every_secs ?? 0, language) });
  return `${heartbeat.cron} (${heartbeat.zone ?? "UTC"})`;
}

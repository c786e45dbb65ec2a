// Said when live updates are lost, and once more when they are back: nobody should act on what is old without knowing it.
import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { reconnect, useLive } from "@/api/stream";
import { useText } from "@/i18n";
import { timeOfDay } from "@/kit/format";

/** A hiccup shorter than this is nobody's concern. */
const PATIENCE_MS = 2_500;
const GLAD_MS = 3_500;

export function LiveBanner() {
  const { t } = useText();
  const live = useLive();
  const [since, setSince] = useState<number | null>(null);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (live === "lost") {
      const at = Date.now();
      const timer = setTimeout(() => setSince(at), PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    if (live === "live" && since !== null) {
      setSince(null);
      setBack(true);
    }
  }, [live, since]);
  useEffect(() => {
    if (!back) return;
    const timer = setTimeout(() => setBack(false), GLAD_MS);
    return () => clearTimeout(timer);
  }, [back]);
  if (since !== null)
    return (
      <div className="live-banner is-lost no-print" role="status">
        <WifiOff size={15} aria-hidden />
        <span>{t("shell.live.lost.since", { at: timeOfDay(since) })}</span>
        <button type="button" className="link-button" onClick={reconnect}>
          {t("shell.live.lost.now")}
        </button>
      </div>
    );
  if (back)
    return (
      <div className="live-banner is-back no-print" role="status">
        <RefreshCw size={15} aria-hidden />
        <span>{t("shell.live.live.again")}</span>
      </div>
    );
  return null;
}

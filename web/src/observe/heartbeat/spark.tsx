import type { Heartbeat } from "@/api/types";
import { useText } from "@/i18n";

const WIDTH = 5;
const HEIGHT = 22;
/** A run that did not say how long it took. */
const PLAIN = 0.5;

/** Its last runs: the height is how long each took, the colour how it ended, the newest on the right. */
export function Spark({ runs }: { runs: Heartbeat["runs"] }) {
  const { t } = useText();
  if (runs.length === 0) return <span className="faint">—</span>;
  const longest = Math.max(...runs.map((run) => run.took_secs ?? 0));
  const failed = runs.filter((run) => run.outcome !== "good" && run.outcome !== "running").length;
  return (
    <svg
      className="run-spark"
      role="img"
      aria-label={t("heartbeat.sparkLabel", { n: runs.length, failed })}
      width={runs.length * WIDTH}
      height={HEIGHT}
    >
      {runs.map((run, at) => {
        const share = run.took_secs === null || longest === 0 ? PLAIN : run.took_secs / longest;
        const height = Math.max(3, share * HEIGHT);
        return (
          <rect
            key={at}
            className={run.outcome}
            x={at * WIDTH}
            y={HEIGHT - height}
            width={WIDTH - 1.5}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}

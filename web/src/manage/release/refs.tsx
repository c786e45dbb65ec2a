// How a release is named, and where it stands.
import { Link } from "react-router";
import type { Release } from "@/api/types";
import { useText } from "@/i18n";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { releaseNumber, STATE_TONE } from "./words";
import "../ticket.css";
import "./release.css";

export function ReleaseRef({ release }: { release: { id: string; number: number } }) {
  return <Link to={path.release(release.id)}>{releaseNumber(release.number)}</Link>;
}

export function ReleaseStatus({ release }: { release: Release }) {
  const { t } = useText();
  return <Status tone={STATE_TONE[release.state]} word={t(`release.state.${release.state}`)} pill />;
}

/** How many of its stages are over; nothing while it has none. */
export function StagesDone({ release }: { release: Release }) {
  const { t } = useText();
  if (release.stage_count === 0) return null;
  const word = t("release.stage.doneOf", { done: release.stages_done, of: release.stage_count });
  return (
    <span className="row release-done">
      <progress value={release.stages_done} max={release.stage_count} aria-label={word} />
      <span className="num">{word}</span>
    </span>
  );
}

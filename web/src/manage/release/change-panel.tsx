// On a change: the release that carries it, or carried it.
import { useQuery } from "@tanstack/react-query";
import { useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { releaseQueries } from "./api";
import { ReleaseRef, ReleaseStatus } from "./refs";

export function CarriedBy({ change }: { change: string }) {
  const { t } = useText();
  const { data } = useQuery(releaseQueries.change(change));
  if (!data || data.length === 0) return null;
  return (
    <Panel title={t("release.carriedBy")}>
      <ul className="stack ticket-list">
        {data.map((release) => (
          <li key={release.id} className="row-wrap">
            <ReleaseRef release={release} />
            <span className="grow">
              {release.name} {release.title}
            </span>
            <ReleaseStatus release={release} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// What happened with a release, as the ledger has it.
import type { ReleaseDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";

export function History({ release }: { release: ReleaseDetail }) {
  const { t } = useText();
  const words = (entry: string, data: Record<string, unknown>) => {
    const kind = entry.replace("release.", "");
    if (kind === "transitioned") return t(`release.state.${data.to}`);
    if (kind === "stage_moved")
      return t("release.stage.moved", { stage: data.stage, state: t(`release.stage.state.${data.to}`) });
    return t(`release.event.${kind}`, { defaultValue: entry });
  };
  return (
    <Panel title={t("release.history")}>
      <ol className="stack ticket-list">
        {release.history.map((entry) => (
          <li key={entry.seq}>
            <div className="row-wrap">
              <b>{words(entry.kind, entry.data as Record<string, unknown>)}</b>
              <span>{entry.actor.display}</span>
              <span className="faint">
                <Ago at={entry.at} />
              </span>
            </div>
            {entry.text && <p className="ticket-text">{entry.text}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

// What was said on a request and what happened to it, line by line.
import type { TimelineEntry, Words } from "@/api/types";
import { nameIn, type Translate, textOf, useText } from "@/i18n";
import { Ago } from "@/kit/time";

const str = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

function told(
  entry: TimelineEntry,
  t: Translate,
  name: (id: unknown) => string,
  own: (title: Words) => string,
): string {
  const d = entry.data;
  const what = entry.kind.slice("request.".length);
  switch (what) {
    case "transitioned": {
      const why = [
        d.hold ? t(`incident.hold.${str(d.hold)}`) : "",
        d.reason ? textOf(t, "request.reason", str(d.reason)) : "",
      ];
      return [t(`request.state.${str(d.to)}`), ...why].filter(Boolean).join(" · ");
    }
    case "status_set":
      return d.status
        ? t("automation.told.status", { status: own(d.title as Words) || str(d.status) })
        : t("automation.told.noStatus");
    case "ruled":
      return t(`automation.told.${str(d.outcome)}`, { rule: str(d.rule), version: str(d.version) });
    case "macro_run":
      return t("automation.told.macro", { name: str(d.name) });
    case "noted":
      return t(d.visibility === "public" ? "request.told.public" : "request.told.internal");
    case "task_transitioned":
      return t("request.told.task", {
        stage: str(d.stage),
        state: t(`request.taskState.${str(d.to)}`),
        team: name(d.team_id),
      });
    case "approval_answered":
      return t(d.approved ? "request.told.yes" : "request.told.no", { step: str(d.step) });
    case "approval_ended":
      return t("request.told.ended", { step: str(d.step), state: t(`request.approvalState.${str(d.state)}`) });
    case "rated":
      return t("request.stars", { n: str(d.stars) });
    default:
      return textOf(t, "request.event", what);
  }
}

export function Told({ entries }: { entries: TimelineEntry[] }) {
  const { t, language } = useText();
  return (
    <ol className="request-told">
      {entries.map((entry) => {
        const name = (id: unknown) => nameIn(language, entry.names[String(id)]);
        const own = (title: Words) => nameIn(language, title);
        const who = entry.actor.kind === "system" ? t("request.byRule") : entry.actor.display;
        const kept = entry.kind.endsWith(".noted") ? str(entry.data.visibility) : "public";
        return (
          <li key={entry.seq}>
            <p>
              <b>{who}</b> · {told(entry, t, name, own)}{" "}
              <span className="faint">
                <Ago at={entry.at} />
              </span>
            </p>
            {entry.text && <div className={`note ${kept}`}>{entry.text}</div>}
          </li>
        );
      })}
    </ol>
  );
}

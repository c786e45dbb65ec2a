// How an act on many would end, how it ended, and what somebody else did meanwhile.
import { useQuery } from "@tanstack/react-query";
import type { BulkDoing, BulkOutcome, Incident } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import type { Target } from "@/manage/incident/act-dialog";
import { incidentQueries } from "@/manage/incident/api";
import { deskActs } from "./api";

/** Before it is done: to how many, how many would refuse, and what undoing would leave as it is. Asked of the server. */
export function Foretold({ doing, incidents }: { doing: BulkDoing | null; incidents: Target[] }) {
  const { t } = useText();
  const chosen = incidents.map(({ id, version }) => ({ id, version }));
  // Whether it can be done does not hang on the words: they are not sent with every letter that is typed.
  const wordless = doing && "text" in doing ? { ...doing, text: doing.text?.trim() ? "…" : null } : doing;
  const ready = doing !== null && !(doing.kind === "assign" && !doing.team_id && !doing.person_id);
  const dry = useQuery({
    queryKey: ["desk", "dry", wordless, chosen],
    queryFn: () => deskActs.bulk(wordless as BulkDoing, chosen, true),
    enabled: ready,
    gcTime: 0,
  });
  if (!dry.data) return null;
  return (
    <div className="stack" style={{ gap: 4 }}>
      <p role="status">
        {t("desk.foretold", { count: dry.data.done })}
        {dry.data.refused > 0 && ` ${t("desk.foretoldRefused", { count: dry.data.refused })}`}
      </p>
      {dry.data.stays.map((each) => (
        <p key={each} className="faint">
          {t(`desk.stays.${each}`)}
        </p>
      ))}
      <Refusals of={dry.data.results.filter((result) => result.code)} />
    </div>
  );
}

/** Who refused, and why. */
export function Refusals({ of }: { of: BulkOutcome["results"] }) {
  const { t } = useText();
  if (of.length === 0) return null;
  return (
    <ul className="refusals">
      {of.slice(0, 20).map((result) => (
        <li key={result.incident_id}>
          <b className="num">INC-{result.number ?? "?"}</b> {textOf(t, "kit.problem", result.code ?? "")}
          {result.detail && <span className="faint"> {result.detail}</span>}
        </li>
      ))}
      {of.length > 20 && <li className="faint">{t("desk.moreRefused", { count: of.length - 20 })}</li>}
    </ul>
  );
}

const SHOWN = ["state", "priority", "assignee", "team", "hold"] as const;

/** What is another than it was. Pure. */
export function changedFields(before: Incident, after: Incident): (typeof SHOWN)[number][] {
  const value = (incident: Incident, field: (typeof SHOWN)[number]) => {
    const found = incident[field];
    return typeof found === "object" && found !== null ? found.id : found;
  };
  return SHOWN.filter((field) => value(before, field) !== value(after, field));
}

/** Somebody was faster: what they did, and who did it. What was written here is kept, and the same key sends it again. */
export function Meanwhile({ faster, first }: { faster: { before: Target; after: Incident }[]; first: Incident }) {
  const { t, language } = useText();
  const one = faster[0]?.after ?? first;
  const timeline = useQuery({ ...incidentQueries.timeline(one.id), staleTime: 0 });
  const newest = timeline.data?.findLast((entry) => entry.actor.kind !== "system");
  const said = (field: ReturnType<typeof changedFields>[number], incident: Incident): string => {
    switch (field) {
      case "state":
        return t(`incident.state.${incident.state}`);
      case "priority":
        return `P${incident.priority}`;
      case "hold":
        return incident.hold ? t(`incident.hold.${incident.hold}`) : "—";
      case "assignee":
        return incident.assignee?.display ?? t("incident.nobody");
      default:
        return nameIn(language, incident.team?.display) || "—";
    }
  };
  return (
    <div className="others" role="alert">
      <div>
        <b>
          {t("desk.faster", {
            who: newest?.actor.display ?? "",
            numbers: faster.map((each) => `INC-${each.after.number}`).join(", "),
          })}
        </b>
        {one.id === first.id && (
          <ul>
            {changedFields(first, one).map((field) => (
              <li key={field}>
                {t(`desk.field.${field}`)}: {said(field, first)} → <b>{said(field, one)}</b>
              </li>
            ))}
          </ul>
        )}
        {newest?.text && <p className="note internal">{newest.text}</p>}
        <p>{t("desk.fasterHint")}</p>
      </div>
    </div>
  );
}

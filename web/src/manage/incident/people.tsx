// Who has it, and who answers for it.
import type { Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { PersonRef } from "@/manage/party/refs";

export function People({
  incident,
  assign,
  assignReason,
}: {
  incident: Incident;
  assign: (() => void) | null;
  assignReason: string | null;
}) {
  const { t, language } = useText();
  const line = (label: string, who: Incident["assignee"]) => (
    <>
      <dt>{label}</dt>
      <dd className="row">
        {who ? <PersonRef id={who.id} display={who.display} /> : <span className="faint">{t("incident.nobody")}</span>}
      </dd>
    </>
  );
  return (
    <>
      <dl className="facts" style={{ alignItems: "center" }}>
        {line(t("incident.field.person"), incident.assignee)}
        <dt>{t("incident.field.team")}</dt>
        <dd>{nameIn(language, incident.team?.display) || "—"}</dd>
        {line(t("incident.field.owner"), incident.owner)}
      </dl>
      {assign && (
        <ActionButton size="small" style={{ marginTop: 12 }} reason={assignReason} onClick={assign}>
          {t("incident.act.assign")}
        </ActionButton>
      )}
    </>
  );
}

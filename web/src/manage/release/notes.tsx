// What its users are told, the reader's language first.
import type { ReleaseDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { Panel } from "@/kit/panel";

export function Notes({ release }: { release: ReleaseDetail }) {
  const { t, language } = useText();
  const notes = [
    { tag: "zh-CN", text: release.notes_zh },
    { tag: "en", text: release.notes_en },
  ].filter((each) => each.text);
  if (language === "en") notes.reverse();
  return (
    <Panel title={t("release.notes")}>
      {notes.length === 0 ? (
        <Empty compact title={t("release.notesNone")} text={t("release.notesNoneText")} />
      ) : (
        notes.map((each) => (
          <p key={each.tag} lang={each.tag} className="ticket-text">
            {each.text}
          </p>
        ))
      )}
    </Panel>
  );
}

// Minutes of a meeting, drafted from the votes: what was decided by whom with which reason, and what is still open.
import type { Agenda, AgendaItem } from "@/api/types";
import { type Language, nameIn, type Translate } from "@/i18n";
import { changeNumber } from "./words";

function item({ change, votes }: AgendaItem, t: Translate, language: Language): string[] {
  const stands = change.authorised === null ? "open" : change.authorised ? "authorised" : "rejected";
  const services = change.services.map((each) => nameIn(language, each.display)).join(", ");
  const risk = change.risk ? t(`change.risk.${change.risk.level}`) : t("change.notAssessed");
  const head = `${changeNumber(change.number)} ${change.title} (${services}; ${t("change.riskHead")}: ${risk}) — ${t(`change.minutes.${stands}`)}`;
  const taken = change.conflicts.flatMap(({ taken }) =>
    taken ? [`  - ${t("change.minutes.taken", { who: taken.by.display })}: ${taken.text ?? t("change.erased")}`] : [],
  );
  const said = votes.map(
    (vote) => `  - ${vote.by.display}: ${t(vote.yes ? "change.yes" : "change.no")}. ${vote.text ?? t("change.erased")}`,
  );
  return [head, ...taken, ...said];
}

export function minutes(agenda: Agenda, at: string, t: Translate, language: Language): string {
  const board = agenda.board ? nameIn(language, agenda.board.display) : t("change.agenda.noBoard");
  const lines = [t("change.minutes.head", { board, at })];
  const part = (title: string, items: AgendaItem[]) => {
    if (items.length > 0) lines.push("", title, ...items.flatMap((each) => item(each, t, language)));
  };
  part(t("change.minutes.decided"), agenda.decided);
  part(t("change.minutes.stillOpen"), agenda.open);
  return lines.join("\n");
}

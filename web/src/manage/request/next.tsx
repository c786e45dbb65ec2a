// What a request waits for, in a line.
import type { RequestItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { listed } from "@/kit/format";

export function Next({ of }: { of: RequestItem }) {
  const { t, language } = useText();
  if (!of.next) return <>—</>;
  const people = of.next.people.map((person) => person.display);
  const teams = of.next.teams.map((team) => nameIn(language, team.display));
  const who = listed([...people, ...teams], language);
  if (of.next.kind === "requester") return <>{t(`request.next.requester.${of.state}`)}</>;
  return <>{t(`request.next.${of.next.kind}`, { who: who || "…" })}</>;
}

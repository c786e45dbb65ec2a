import { useQuery } from "@tanstack/react-query";
import { nameIn, useText } from "@/i18n";
import { holds, useSession } from "@/shell/session";
import { partyQueries } from "./api";

/** The shown name of a person or team by id; the id's head when it is not known (or may not be). */
export function useNames(): (id: unknown) => string {
  const { language } = useText();
  const session = useSession();
  const enabled = holds(session, "party.read");
  const people = useQuery({ ...partyQueries.people(), enabled });
  const teams = useQuery({ ...partyQueries.teams(), enabled });
  return (id) => {
    if (typeof id !== "string" || id === "") return "";
    const found = people.data?.find((person) => person.id === id) ?? teams.data?.find((team) => team.id === id);
    return found ? nameIn(language, found.display) : id.slice(0, 8);
  };
}

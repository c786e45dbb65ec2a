// A person, mentioned: initials and name, and on hover how they are reached and whether they are on call.
import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import { type Name, nameIn, textOf, useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { listed } from "@/kit/format";
import { Status } from "@/kit/status";
import { onCallQueries } from "@/observe/on-call/api";
import { Avatar } from "@/shell/avatar";
import { holds, useSession } from "@/shell/session";
import { partyQueries } from "./api";

function Card({ id }: { id: string }) {
  const { t, language } = useText();
  const session = useSession();
  const people = useQuery(partyQueries.people());
  const teams = useQuery(partyQueries.teams());
  const onCall = useQuery({ ...onCallQueries.now(), enabled: holds(session, "on_call.read") });
  const person = people.data?.find((each) => each.id === id);
  if (people.isPending) return <Bone w={220} h={48} />;
  if (!person) return null;
  const own = (teams.data ?? []).filter((team) => team.members?.some((member) => member.id === id));
  const duty = onCall.data?.some((row) => row.now?.person.id === id);
  return (
    <div className="card">
      <div className="row">
        <b className="grow">{nameIn(language, person.display)}</b>
        {duty && <Status tone="good" word={t("onCall.now")} />}
      </div>
      <div className="row-wrap muted">
        <span>
          {listed(
            (person.roles ?? []).map((role) => textOf(t, "shell.role", role)),
            language,
          )}
        </span>
        {own.length > 0 && (
          <span>
            {listed(
              own.map((team) => nameIn(language, team.display)),
              language,
            )}
          </span>
        )}
      </div>
      {person.email && <a href={`mailto:${person.email}`}>{person.email}</a>}
    </div>
  );
}

export function PersonRef({ id, display, size = 20 }: { id: string; display: Name; size?: number }) {
  const { language } = useText();
  const session = useSession();
  const name = nameIn(language, display);
  const shown = (
    <span className="row person-ref">
      <Avatar name={name} size={size} />
      <span className="clip">{name}</span>
    </span>
  );
  if (!holds(session, "party.read")) return shown;
  return (
    <Popover content={<Card id={id} />} mouseEnterDelay={0.35}>
      {shown}
    </Popover>
  );
}

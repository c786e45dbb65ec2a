// The war room: the three roles, who else is here, and since when.
import { useQuery } from "@tanstack/react-query";
import { Button, Popover } from "antd";
import { useState } from "react";
import type { Major, MajorRole } from "@/api/types";
import { useText } from "@/i18n";
import { span } from "@/kit/format";
import { Ago } from "@/kit/time";
import { partyQueries } from "@/manage/party/api";
import { PersonRef } from "@/manage/party/refs";
import { Choose } from "@/shell/choose";
import { useSession } from "@/shell/session";
import type { Asked } from "./api";

const ROLES: readonly MajorRole[] = ["commander", "scribe", "communications"];
type Member = Major["members"][number];

export function Room({
  major,
  on,
  works,
  ask,
}: {
  major: Major;
  on: boolean;
  works: boolean;
  ask: (asked: Asked) => void;
}) {
  const { t, language } = useText();
  const me = useSession()?.person.id;
  const mine = major.members.find((member) => member.person.id === me);
  const here = Boolean(mine?.joined_at && !mine.left_at);
  const others = major.members.filter((member) => !member.role);
  const took =
    major.complete_at && major.declared_at
      ? (Date.parse(major.complete_at) - Date.parse(major.declared_at)) / 1000
      : null;
  return (
    <>
      <ul className="major-room">
        {ROLES.map((role) => {
          const member = major.members.find((each) => each.role === role);
          return (
            <li key={role}>
              <span className="faint">{t(`incident.major.roleOf.${role}`)}</span>
              {member ? <PersonRef id={member.person.id} display={member.person.display} /> : <span>—</span>}
              {member && <Presence member={member} />}
              {works && on && <GiveRole role={role} ask={ask} />}
            </li>
          );
        })}
        {others.length > 0 && (
          <li>
            <span className="faint">{t("incident.major.others")}</span>
            {others.map((member) => (
              <PersonRef key={member.person.id} id={member.person.id} display={member.person.display} />
            ))}
          </li>
        )}
      </ul>
      <div className="row-wrap">
        {on && major.room && (
          <Button href={major.room} target="_blank" rel="noopener noreferrer">
            {t("incident.major.enter")} ↗
          </Button>
        )}
        {works && on && (
          <Button onClick={() => ask({ act: here ? "leave" : "join" })}>
            {t(here ? "incident.major.leave" : "incident.major.join")}
          </Button>
        )}
        <span className="faint">
          {took === null
            ? on && t("incident.major.incomplete")
            : t("incident.major.complete", { span: span(Math.max(0, took), language) })}
        </span>
      </div>
    </>
  );
}

function Presence({ member }: { member: Member }) {
  const { t } = useText();
  if (!member.joined_at) return <span className="is-attention">{t("incident.major.notYet")}</span>;
  if (member.left_at) return <span className="faint">{t("incident.major.away")}</span>;
  return (
    <span className="faint">
      <Ago at={member.joined_at} />
    </span>
  );
}

function GiveRole({ role, ask }: { role: MajorRole; ask: (asked: Asked) => void }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const people = useQuery({ ...partyQueries.people(), enabled: open });
  const staff = (people.data ?? []).filter((person) => !person.roles.includes("customer"));
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={
        <div style={{ width: 240 }}>
          <Choose
            autoFocus
            label={t("incident.major.whoHas")}
            value={undefined}
            onChange={(person_id) => {
              setOpen(false);
              ask({ act: "role", role, person_id });
            }}
            options={staff.map((person) => ({ value: person.id, label: String(person.display) }))}
          />
        </div>
      }
    >
      <Button
        size="small"
        type="text"
        aria-label={`${t("incident.major.give")}: ${t(`incident.major.roleOf.${role}`)}`}
      >
        ⇄
      </Button>
    </Popover>
  );
}

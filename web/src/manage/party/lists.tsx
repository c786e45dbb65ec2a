import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Search } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { type Name, nameIn, textOf, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { listed } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { Avatar } from "@/shell/avatar";
import { matches } from "@/shell/pinyin";
import { partyQueries } from "./api";

interface Named {
  id: string;
  name: string;
  display: Name;
  organisation?: { display: Name } | null;
}

/** What people, teams and organisations have in common. */
function useColumns(): Record<"name" | "organisation", Column<Named>> {
  const { t, language } = useText();
  return {
    name: {
      key: "n",
      head: t("party.column.name"),
      cell: (row) => (
        <>
          <b style={{ fontWeight: 540 }}>{nameIn(language, row.display)}</b> <span className="faint">{row.name}</span>
        </>
      ),
    },
    organisation: {
      key: "o",
      head: t("party.column.organisation"),
      wideOnly: true,
      cell: (row) => nameIn(language, row.organisation?.display),
    },
  };
}

export function People() {
  const { t, language } = useText();
  const columns = useColumns();
  const people = useQuery(partyQueries.people());
  const teams = useQuery(partyQueries.teams());
  const duties = useQuery(partyQueries.duties());
  const [q, setQ] = useState("");
  const teamsOf = (id: string) =>
    (teams.data ?? [])
      .filter((team) => team.members?.some((member) => member.id === id))
      .map((team) => nameIn(language, team.display));
  const orphans = duties.data ?? [];
  return (
    <div className="stack">
      {orphans.length > 0 && (
        <Panel title={t("party.orphans")} hint={t("party.orphansText")} flush>
          <Table
            label={t("party.orphans")}
            rows={orphans}
            columns={[
              {
                key: "k",
                head: t("party.column.kind"),
                width: 120,
                cell: (row) => textOf(t, "party.orphanKind", row.kind),
              },
              {
                key: "n",
                head: t("party.column.name"),
                cell: (row) => (
                  <Link to={row.kind === "service" ? path.service(row.id) : path.incident(row.id)}>
                    {row.kind === "incident" && /^\d+$/.test(row.name) ? `INC-${row.name}` : row.name}
                  </Link>
                ),
              },
              {
                key: "w",
                head: t("party.column.why"),
                cell: (row) => <Status tone="attention" word={textOf(t, "party.why", row.why)} />,
              },
              { key: "o", head: t("party.column.owner"), cell: (row) => nameIn(language, row.owner?.display) || "—" },
            ]}
          />
        </Panel>
      )}
      <Panel
        title={t("party.people")}
        flush
        actions={
          <Input
            allowClear
            size="small"
            style={{ width: 220 }}
            prefix={<Search size={13} color="var(--text-3)" />}
            placeholder={t("party.search")}
            aria-label={t("party.search")}
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
        }
      >
        <Answer of={people} bones={<TableBones rows={5} />}>
          {(rows) => (
            <Table
              label={t("party.people")}
              rows={rows.filter((person) => matches(`${nameIn(language, person.display)} ${person.name}`, q))}
              columns={[
                {
                  key: "n",
                  head: t("party.column.name"),
                  cell: (row) => (
                    <span className="row">
                      <Avatar name={nameIn(language, row.display)} />
                      <span>
                        <b style={{ fontWeight: 540 }}>{nameIn(language, row.display)}</b>{" "}
                        <span className="faint">{row.name}</span>
                        {row.active === false && (
                          <span className="tag" style={{ marginLeft: 8 }}>
                            {t("party.inactive")}
                          </span>
                        )}
                      </span>
                    </span>
                  ),
                },
                {
                  key: "t",
                  head: t("party.column.teams"),
                  wideOnly: true,
                  cell: (row) => listed(teamsOf(row.id), language) || <span className="faint">—</span>,
                },
                columns.organisation,
                {
                  key: "r",
                  head: t("party.column.roles"),
                  cell: (row) => (
                    <span className="row-wrap">
                      {(row.roles ?? []).map((role) => (
                        <span key={role} className="tag">
                          {textOf(t, "shell.role", role)}
                        </span>
                      ))}
                    </span>
                  ),
                },
                {
                  key: "c",
                  head: t("party.column.reach"),
                  wideOnly: true,
                  cell: (row) =>
                    row.email || row.webhook ? (
                      <span className="muted">
                        {[row.email, row.webhook ? "Webhook" : null].filter(Boolean).join(" · ")}
                      </span>
                    ) : (
                      <Status tone="attention" word={t("party.unreachable")} />
                    ),
                },
              ]}
            />
          )}
        </Answer>
      </Panel>
    </div>
  );
}

export function Teams() {
  const { t, language } = useText();
  const columns = useColumns();
  const teams = useQuery(partyQueries.teams());
  return (
    <Panel title={t("party.teams")} flush>
      <Answer of={teams} bones={<TableBones rows={4} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t("party.noTeams")} />
          ) : (
            <Table
              label={t("party.teams")}
              rows={rows}
              columns={[
                columns.name,
                columns.organisation,
                {
                  key: "m",
                  head: t("party.column.members"),
                  cell: (row) => (
                    <span className="row-wrap">
                      {(row.members ?? []).map((member) => (
                        <span key={member.id} className="row" style={{ gap: 5 }}>
                          <Avatar name={nameIn(language, member.display)} size={20} />{" "}
                          {nameIn(language, member.display)}
                        </span>
                      ))}
                    </span>
                  ),
                },
              ]}
            />
          )
        }
      </Answer>
    </Panel>
  );
}

export function Organisations() {
  const { t } = useText();
  const columns = useColumns();
  const organisations = useQuery(partyQueries.organisations());
  return (
    <Panel title={t("party.organisations")} flush>
      <Answer of={organisations} bones={<TableBones rows={3} />}>
        {(rows) => (
          <Table
            label={t("party.organisations")}
            rows={rows}
            columns={[
              columns.name,
              {
                key: "k",
                head: t("party.column.side"),
                cell: (row) => <span className="tag">{textOf(t, "party.side", row.kind)}</span>,
              },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

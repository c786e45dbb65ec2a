// All dashboards: those that were made here, and those that come with Evenkeel.
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Plus, Search } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { type Name, nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { useMay } from "@/shell/session";
import { type DashboardHead, dashboardQueries } from "./api";
import { NewBoard } from "./new-board";
import { PACK_PREFIX, PACKS } from "./packs";
import "./dashboard.css";

export default function DashboardList() {
  const { t, language } = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? "";
  const [making, setMaking] = useState(false);
  const kept = useQuery(dashboardQueries.all());
  const found = (title: Name, description: Name | null | undefined, tags: string[], name: string) =>
    matches(`${nameIn(language, title)} ${nameIn(language, description)} ${tags.join(" ")} ${name}`, q);
  const packs = PACKS.filter(({ name, board }) => found(board.title, board.description, board.tags ?? [], name));
  return (
    <div className="page">
      <PageHead
        title={t("dashboard.title")}
        sub={t("dashboard.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} aria-hidden />}
            reason={may("dashboard.write")}
            onClick={() => setMaking(true)}
          >
            {t("dashboard.new")}
          </ActionButton>
        }
      />
      <div className="row-wrap">
        <Input
          allowClear
          style={{ width: 260 }}
          prefix={<Search size={14} color="var(--text-3)" />}
          placeholder={t("dashboard.search")}
          aria-label={t("dashboard.search")}
          value={q}
          onChange={(event) => setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true })}
        />
      </div>
      <section className="panel">
        <Answer of={kept} bones={<TableBones rows={4} />}>
          {(all) => {
            const rows = all.filter((row) =>
              found(row.title as Name, row.description as Name | null, row.tags, row.name),
            );
            if (rows.length === 0)
              return all.length === 0 ? (
                <Empty
                  title={t("dashboard.empty.title")}
                  text={t("dashboard.empty.text")}
                  example={t("dashboard.empty.example")}
                />
              ) : (
                <Empty compact title={t("dashboard.none")} />
              );
            return (
              <Table<DashboardHead>
                label={t("dashboard.title")}
                rows={rows}
                to={(row) => path.dashboard(row.name)}
                columns={[
                  {
                    key: "t",
                    head: t("dashboard.field.title"),
                    cell: (row) => (
                      <>
                        <Link
                          className="title"
                          to={path.dashboard(row.name)}
                          style={{ color: "var(--text)", fontWeight: 520 }}
                        >
                          {nameIn(language, row.title as Name)}
                        </Link>
                        {row.description && (
                          <div className="faint clip" style={{ maxWidth: 520 }}>
                            {nameIn(language, row.description as Name)}
                          </div>
                        )}
                      </>
                    ),
                  },
                  {
                    key: "g",
                    head: t("dashboard.field.tags"),
                    wideOnly: true,
                    cell: (row) => (
                      <span className="row-wrap">
                        {row.tags.map((tag) => (
                          <span key={tag} className="tag">
                            {tag}
                          </span>
                        ))}
                      </span>
                    ),
                  },
                  { key: "n", head: t("dashboard.panels"), num: true, wideOnly: true, cell: (row) => row.panels },
                  { key: "v", head: t("dashboard.version"), num: true, wideOnly: true, cell: (row) => row.version },
                  { key: "a", head: t("dashboard.changed"), num: true, cell: (row) => <Ago at={row.put_at} /> },
                ]}
              />
            );
          }}
        </Answer>
      </section>
      {packs.length > 0 && (
        <Panel title={t("dashboard.packs")} hint={t("dashboard.packsHint")}>
          <ul className="pack-cards">
            {packs.map(({ name, board }) => (
              <li key={name}>
                <Link to={path.dashboard(PACK_PREFIX + name)}>
                  <b>{nameIn(language, board.title)}</b>
                  <span>{nameIn(language, board.description)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <NewBoard open={making} close={() => setMaking(false)} from={null} />
    </div>
  );
}

// The catalogue as staff see it: every item, with who may ask for it and what is behind it.
import { useQuery } from "@tanstack/react-query";
import type { CatalogueItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { SearchBox, useFilters } from "@/kit/filter";
import { span } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { catalogueQueries } from "./api";
import { PriceOf } from "./facts";

const EXAMPLE = `catalogue:
  - name: laptop
    display: { zh: 笔记本电脑, en: Laptop }
    description: { zh: 办公用, en: For the office }
    category: { zh: 设备, en: Devices }
    service: workplace
    team: desk
    entitlement: { organisations: [harbour-retail] }
    approvals: [{ by: line_manager, time_out: { hours: 48, escalate_to: [service_owner] } }]
    stages: [{ tasks: [{ title: { zh: 交付, en: Hand over } }] }]`;

export default function Catalogue() {
  const { t, language } = useText();
  const { q, set } = useFilters();
  const items = useQuery(catalogueQueries.all(q));
  const columns: Column<CatalogueItem>[] = [
    {
      key: "item",
      head: t("catalogue.item"),
      cell: (item) => (
        <>
          <b>{nameIn(language, item.display)}</b>
          <p className="faint">{item.name}</p>
        </>
      ),
    },
    { key: "category", head: t("catalogue.category"), wideOnly: true, cell: (item) => nameIn(language, item.category) },
    { key: "team", head: t("catalogue.team"), wideOnly: true, cell: (item) => nameIn(language, item.team.display) },
    { key: "price", head: t("catalogue.price"), num: true, cell: (item) => <PriceOf price={item.price} /> },
    {
      key: "expected",
      head: t("catalogue.time"),
      num: true,
      wideOnly: true,
      cell: (item) => (item.expected_secs === null ? "—" : span(item.expected_secs, language)),
    },
  ];
  return (
    <div className="page">
      <PageHead title={t("catalogue.title")} sub={t("catalogue.sub")} />
      <div className="kinds">
        <SearchBox label={t("catalogue.search")} value={q} set={(text) => set("q", text)} />
      </div>
      <section className="panel flush">
        <Answer of={items} bones={<TableBones rows={4} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t("catalogue.empty.title")} text={t("catalogue.empty.text")} example={EXAMPLE} />
            ) : (
              <Table
                label={t("catalogue.title")}
                columns={columns}
                rows={list}
                to={(item) => path.catalogueItem(item.id)}
              />
            )
          }
        </Answer>
      </section>
    </div>
  );
}

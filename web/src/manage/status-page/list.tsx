// Status pages: what each says now, and how many are told.
import { useQuery } from "@tanstack/react-query";
import { ExternalLink, Plus } from "lucide-react";
import { useState } from "react";
import type { StatusPage } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { statusPageQueries } from "./api";
import { PageEditor } from "./editor";
import { STATE_TONE } from "./words";

const EXAMPLE = `status_pages:
  - name: shop
    title: { zh: 商城状态, en: Shop status }
    audience: public
    zone: Asia/Shanghai
    groups:
      - name: { zh: 购物, en: Shopping }
        components:
          - { key: store, name: { zh: 店面, en: Storefront }, service: shop, follows: true }`;

export default function StatusPages() {
  const { t, language } = useText();
  const may = useMay();
  const pages = useQuery(statusPageQueries.all());
  const [making, setMaking] = useState(false);
  const columns: Column<StatusPage & { id: string }>[] = [
    {
      key: "title",
      head: t("statusPage.title"),
      cell: (page) => (
        <>
          <b>{nameIn(language, page.definition.title)}</b>
          <p className="faint">
            /status/{page.name} ·{" "}
            {t(page.definition.audience === "public" ? "statusPage.audience.public" : "statusPage.audience.customer")}
          </p>
        </>
      ),
    },
    {
      key: "state",
      head: t("statusPage.says"),
      cell: (page) =>
        page.state && <Status tone={STATE_TONE[page.state]} word={t(`statusPage.state.${page.state}`)} pill />,
    },
    {
      key: "components",
      head: t("statusPage.components"),
      num: true,
      wideOnly: true,
      cell: (page) => page.definition.groups.reduce((sum, group) => sum + group.components.length, 0),
    },
    {
      key: "subscribers",
      head: t("statusPage.subscribers"),
      num: true,
      wideOnly: true,
      cell: (page) => page.subscribers,
    },
    {
      key: "open",
      head: "",
      width: 60,
      cell: (page) => (
        <a
          href={`/status/${page.name}?lang=${language}`}
          target="_blank"
          rel="noreferrer"
          aria-label={t("statusPage.open")}
        >
          <ExternalLink size={15} aria-hidden />
        </a>
      ),
    },
  ];
  return (
    <div className="page">
      <PageHead
        title={t("statusPage.pages")}
        sub={t("statusPage.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("status_page.write")}
            onClick={() => setMaking(true)}
          >
            {t("statusPage.make")}
          </ActionButton>
        }
      />
      <section className="panel flush">
        <Answer of={pages} bones={<TableBones rows={3} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t("statusPage.empty.title")} text={t("statusPage.empty.text")} example={EXAMPLE} />
            ) : (
              <Table
                label={t("statusPage.pages")}
                columns={columns}
                rows={list.map((page) => ({ ...page, id: page.name }))}
                to={(page) => path.statusPage(page.name)}
              />
            )
          }
        </Answer>
      </section>
      {making && <PageEditor page={null} close={() => setMaking(false)} />}
    </div>
  );
}

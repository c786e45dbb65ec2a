// The portal: search first, then the catalogue by category.
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Search } from "lucide-react";
import { useDeferredValue } from "react";
import { Link } from "react-router";
import type { CatalogueItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { useFilters } from "@/kit/filter";
import { path } from "@/path";
import { catalogueQueries } from "../catalogue/api";
import { Facts } from "../catalogue/facts";
import { knowledgeQueries } from "../knowledge/api";
import { Hits } from "../knowledge/hits";
import { MySurveys } from "../survey/mine";
import { PortalPage } from "./page";

export default function PortalHome() {
  const { t, language } = useText();
  const { q, set } = useFilters();
  const words = useDeferredValue(q);
  const items = useQuery(catalogueQueries.all(words));
  const found = useQuery({ ...knowledgeQueries.find(words, "article", 6), enabled: words.trim() !== "" });
  return (
    <PortalPage title={t("portal.title")}>
      <MySurveys />
      <Input
        size="large"
        allowClear
        prefix={<Search size={18} aria-hidden />}
        placeholder={t("portal.search")}
        aria-label={t("portal.search")}
        value={q}
        onChange={(event) => set("q", event.target.value)}
      />
      {found.data && found.data.items.length > 0 && (
        <section aria-label={t("portal.answers")}>
          <h2 className="portal-category">{t("portal.answers")}</h2>
          <Hits hits={found.data.items} portal />
        </section>
      )}
      <Answer of={items} bones={<PanelBones height={260} />}>
        {(all) => {
          const offered = all.filter((item) => item.orderable);
          if (offered.length === 0)
            return (
              <Empty
                title={t(q ? "portal.notFound" : "portal.nothing")}
                text={t(q ? "portal.notFoundText" : "portal.nothingText")}
              />
            );
          return byCategory(offered, (item) => nameIn(language, item.category)).map(([category, of]) => (
            <section key={category} aria-label={category}>
              <h2 className="portal-category">{category}</h2>
              <div className="portal-items">
                {of.map((item) => (
                  <Link key={item.id} to={path.portalItem(item.id)} className="portal-item">
                    <b>{nameIn(language, item.display)}</b>
                    <span className="muted portal-description">{nameIn(language, item.description)}</span>
                    <Facts item={item} />
                  </Link>
                ))}
              </div>
            </section>
          ));
        }}
      </Answer>
    </PortalPage>
  );
}

function byCategory(items: CatalogueItem[], category: (item: CatalogueItem) => string): [string, CatalogueItem[]][] {
  const groups = new Map<string, CatalogueItem[]>();
  for (const item of items) groups.set(category(item), [...(groups.get(category(item)) ?? []), item]);
  return [...groups.entries()].sort(([one], [other]) => one.localeCompare(other));
}

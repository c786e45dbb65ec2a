import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { Search } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { useChanged } from "@/api/stream";
import type { Service, SliNow } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Bone, Empty } from "@/kit/answer";
import { percentColumn } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { serviceQueries } from "./api";
import { overall } from "./days";
import { DaysStrip, StripKeys } from "./strip";
import { CRITICALITY_RANK, sliTone } from "./words";

const EXAMPLE = `services:
  - name: shop
    display: { zh: 在线商城, en: Online shop }
    team: operations
    owner: lin
    criticality: critical`;

export default function ServiceList() {
  const { t, language } = useText();
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? "";
  const services = useQuery(serviceQueries.all());
  const states = useQuery(serviceQueries.states());
  const rank = (service: Service) => {
    const state = states.data?.get(service.id)?.state;
    return (state === "bad" ? 0 : 10) + (CRITICALITY_RANK[service.criticality] ?? 4);
  };
  return (
    <div className="page">
      <PageHead title={t("service.title")} sub={t("service.sub")} />
      <div className="filters row-wrap">
        <Input
          allowClear
          style={{ width: 260 }}
          prefix={<Search size={14} color="var(--text-3)" />}
          placeholder={t("service.search")}
          aria-label={t("service.search")}
          value={q}
          onChange={(event) => setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true })}
        />
        <span className="grow" />
        <StripKeys />
      </div>
      <Answer
        of={services}
        bones={
          <div className="panel">
            {[0, 1, 2, 3].map((n) => (
              <div key={n} className="service-row">
                <Bone w="70%" />
                <Bone w={80} />
                <span className="strip-cell">
                  <Bone h={30} />
                </span>
                <Bone w={60} />
                <Bone w={90} />
              </div>
            ))}
          </div>
        }
      >
        {(all) => {
          const shown = all
            .filter((service) =>
              matches(`${nameIn("zh", service.display)} ${nameIn("en", service.display)} ${service.name}`, q),
            )
            .sort((a, b) => rank(a) - rank(b));
          if (shown.length === 0)
            return (
              <div className="panel">
                <Empty
                  title={t(q ? "service.emptyFiltered" : "service.empty")}
                  text={q ? undefined : t("service.emptyText")}
                  example={q ? undefined : EXAMPLE}
                  action={q ? undefined : <Link to={path.settings("configuration")}>{t("service.emptyAction")}</Link>}
                />
              </div>
            );
          return (
            <div className="panel service-list">
              {shown.map((service) => (
                <Row key={service.id} service={service} state={states.data?.get(service.id)} language={language} />
              ))}
            </div>
          );
        }}
      </Answer>
    </div>
  );
}

function Row({ service, state, language }: { service: Service; state: SliNow | undefined; language: "zh" | "en" }) {
  const { t } = useText();
  const changed = useChanged();
  const history = useQuery(serviceQueries.history(service.id, 90));
  const all = history.data ? overall(history.data.days) : null;
  const now = state?.state ?? "unknown";
  return (
    <Link to={path.service(service.id)} className={`service-row${changed(service.id) ? " changed" : ""}`}>
      <span className="name">
        <b className="clip">{nameIn(language, service.display)}</b>
        <small>
          {t(`service.criticalityOf.${service.criticality}`)}
          {service.customer && ` · ${nameIn(language, service.customer.display)}`}
        </small>
      </span>
      <span>
        <Status tone={sliTone(now)} word={t(`service.sli.${now}`)} pill />
        {service.open_incidents > 0 && (
          <small className="is-bad" style={{ display: "block", marginTop: 3 }}>
            {t("service.openIncidents", { count: service.open_incidents })}
          </small>
        )}
      </span>
      <span className="strip-cell">{history.data ? <DaysStrip days={history.data.days} /> : <Bone h={30} />}</span>
      <span className="num value">{all ? percentColumn(all.value) : <span className="faint">—</span>}</span>
      <span className="who clip">
        {nameIn(language, service.owner?.display)}
        <small className="faint" style={{ display: "block" }}>
          {nameIn(language, service.team?.display)}
        </small>
      </span>
    </Link>
  );
}

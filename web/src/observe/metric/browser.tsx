// What there is to ask: metrics with type and help, a metric's labels with their values.
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { ChevronLeft, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { useText } from "@/i18n";
import { Answer, Bone, Empty } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { metricQueries } from "./api";
import { suggestionOf } from "./suggest";

const ROWS_MAX = 200;

export function Browser({ open, close, use }: { open: boolean; close: () => void; use: (expr: string) => void }) {
  const { t } = useText();
  return (
    <Drawer open={open} close={close} size={520} title={t("metric.browser.title")}>
      {open && <Body use={use} />}
    </Drawer>
  );
}

function Body({ use }: { use: (expr: string) => void }) {
  const [metric, setMetric] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  return metric === null ? (
    <Names filter={filter} setFilter={setFilter} choose={setMetric} />
  ) : (
    <One metric={metric} back={() => setMetric(null)} use={use} />
  );
}

function Names({
  filter,
  setFilter,
  choose,
}: {
  filter: string;
  setFilter: (text: string) => void;
  choose: (name: string) => void;
}) {
  const { t } = useText();
  const names = useQuery(metricQueries.names());
  const metadata = useQuery(metricQueries.metadata());
  const found = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return (names.data ?? []).filter((name) => {
      const text = `${name} ${metadata.data?.[name]?.[0]?.help ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [names.data, metadata.data, filter]);
  return (
    <div className="stack" style={{ gap: 10 }}>
      <Input
        allowClear
        autoFocus
        prefix={<Search size={14} color="var(--text-3)" />}
        placeholder={t("metric.browser.search")}
        aria-label={t("metric.browser.search")}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <Answer of={names} bones={<Bones />}>
        {(all) =>
          found.length === 0 ? (
            <Empty
              compact
              title={t(all.length === 0 ? "metric.empty.title" : "metric.browser.none")}
              text={all.length === 0 ? t("metric.empty.text") : undefined}
            />
          ) : (
            <>
              <p className="faint">{t("metric.browser.count", { n: found.length })}</p>
              <ul className="metric-names">
                {found.slice(0, ROWS_MAX).map((name) => {
                  const told = metadata.data?.[name]?.[0];
                  return (
                    <li key={name}>
                      <button type="button" onClick={() => choose(name)}>
                        <span className="row">
                          <span className="mono grow clip">{name}</span>
                          {told?.type && told.type !== "unknown" && <span className="tag">{told.type}</span>}
                        </span>
                        {told?.help && <small>{told.help}</small>}
                      </button>
                    </li>
                  );
                })}
              </ul>
              {found.length > ROWS_MAX && (
                <p className="faint">{t("metric.browser.more", { n: found.length - ROWS_MAX })}</p>
              )}
            </>
          )
        }
      </Answer>
    </div>
  );
}

function Bones() {
  return (
    <div className="stack" style={{ gap: 8 }}>
      {Array.from({ length: 10 }, (_, index) => (
        <Bone key={index} h={30} />
      ))}
    </div>
  );
}

function One({ metric, back, use }: { metric: string; back: () => void; use: (expr: string) => void }) {
  const { t } = useText();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const metadata = useQuery(metricQueries.metadata());
  const told = metadata.data?.[metric]?.[0];
  const labels = useQuery(metricQueries.labels(metric));
  const matchers = Object.entries(chosen)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ");
  const selector = matchers ? `${metric}{${matchers}}` : metric;
  const suggested = suggestionOf(metric, selector, told?.type ?? "");
  return (
    <div className="stack" style={{ gap: 12 }}>
      <div>
        <Button type="text" size="small" icon={<ChevronLeft size={14} aria-hidden />} onClick={back}>
          {t("metric.browser.back")}
        </Button>
      </div>
      <div>
        <h3 className="mono">{metric}</h3>
        {told && told.type !== "unknown" && <span className="tag">{told.type}</span>}
        {told?.help && <p className="muted">{told.help}</p>}
      </div>
      <div className="suggested">
        <code>{suggested}</code>
        <Button type="primary" size="small" onClick={() => use(suggested)}>
          {t("metric.browser.use")}
        </Button>
        {suggested !== selector && (
          <Button size="small" onClick={() => use(selector)}>
            {t("metric.browser.useRaw")}
          </Button>
        )}
      </div>
      <Answer of={labels} bones={<Bones />}>
        {(all) => {
          const own = all.filter((label) => label !== "__name__");
          return own.length === 0 ? (
            <Empty compact title={t("metric.browser.noLabels")} />
          ) : (
            <ul className="metric-labels">
              {own.map((label) => (
                <LabelValues
                  key={label}
                  label={label}
                  metric={metric}
                  chosen={chosen[label]}
                  choose={(value) =>
                    setChosen((old) => {
                      const { [label]: before, ...rest } = old;
                      return before === value ? rest : { ...rest, [label]: value };
                    })
                  }
                />
              ))}
            </ul>
          );
        }}
      </Answer>
    </div>
  );
}

const VALUES_AT_FIRST = 12;

function LabelValues({
  label,
  metric,
  chosen,
  choose,
}: {
  label: string;
  metric: string;
  chosen: string | undefined;
  choose: (value: string) => void;
}) {
  const { t } = useText();
  const [all, setAll] = useState(false);
  const values = useQuery(metricQueries.values(label, metric));
  return (
    <li>
      <b className="mono">{label}</b> <span className="faint">{values.data?.length ?? ""}</span>
      <div className="row-wrap" style={{ marginTop: 4 }}>
        {(values.data ?? []).slice(0, all ? undefined : VALUES_AT_FIRST).map((value) => (
          <button
            key={value}
            type="button"
            className="value-chip mono"
            aria-pressed={chosen === value}
            onClick={() => choose(value)}
          >
            {value === "" ? '""' : value}
          </button>
        ))}
        {!all && (values.data?.length ?? 0) > VALUES_AT_FIRST && (
          <button type="button" className="link-button" onClick={() => setAll(true)}>
            {t("metric.legend.all", { n: values.data?.length ?? 0 })}
          </button>
        )}
      </div>
    </li>
  );
}

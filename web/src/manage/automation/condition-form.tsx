// The tests of a rule.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented, Select, Switch } from "antd";
import { Plus, X } from "lucide-react";
import { useText } from "@/i18n";
import { automationQueries, type Condition, type Of, only } from "./api";
import { HOLDS, type Names, REQUEST_STATES, STATES, useNamed, useStatuses } from "./named";

const TESTS = [
  "service",
  "customer",
  "team",
  "assignee",
  "assigned",
  "priority",
  "impact",
  "urgency",
  "state",
  "hold",
  "status",
  "origin",
  "title_contains",
  "text_contains",
  "field",
];

/** What a request can answer. */
const OF_REQUESTS = [
  "service",
  "customer",
  "team",
  "item",
  "state",
  "hold",
  "status",
  "title_contains",
  "text_contains",
];

export function Conditions({
  of,
  value,
  set,
}: {
  of: Of;
  value: Condition | undefined;
  set: (value: Condition) => void;
}) {
  const offered = of === "request" ? OF_REQUESTS : TESTS;
  const { t } = useText();
  const [joint, inner] = only(value ?? { all: [] });
  const flat = (joint === "all" || joint === "any") && Array.isArray(inner);
  const tests = (flat ? inner : [value]) as Condition[];
  const join = (next: Condition[], by = joint) =>
    set((by === "any" && next.length > 0 ? { any: next } : { all: next }) as Condition);
  const fields = useQuery(automationQueries.all("ticket_field"));
  const statuses = useStatuses(of);
  const named = useNamed();
  return (
    <div className="field">
      <span className="label">{t("automation.if")}</span>
      <Segmented
        size="small"
        aria-label={t("automation.if")}
        value={joint === "any" ? "any" : "all"}
        onChange={(by) => join(tests, by)}
        options={[
          { value: "all", label: t("automation.all") },
          { value: "any", label: t("automation.any") },
        ]}
      />
      {tests.map((test, place) => {
        const [kind, body] = only(test);
        const put = (next: object) => join(tests.map((each, at) => (at === place ? (next as Condition) : each)));
        const label = t(`automation.test.${kind}`);
        return (
          <div className="automation-row" key={`${place}${kind}`}>
            <Select
              aria-label={t("automation.test.label")}
              value={kind}
              onChange={(next) =>
                put({ [next]: next === "assigned" ? true : next === "field" ? { name: "", answered: true } : [] })
              }
              options={[...offered, ...(offered.includes(kind) ? [] : [kind])].map((word) => ({
                value: word,
                label: t(`automation.test.${word}`),
              }))}
            />
            <TestBody
              of={of}
              kind={kind}
              label={label}
              body={body}
              named={named}
              statuses={statuses}
              fields={(fields.data ?? []).map((field) => field.name)}
              put={(next) => put({ [kind]: next })}
            />
            <Button
              type="text"
              icon={<X size={14} />}
              aria-label={t("automation.remove", { what: label })}
              onClick={() => join(tests.filter((_, at) => at !== place))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<Plus size={14} />}
        onClick={() => join([...tests, { title_contains: [] } as Condition])}
      >
        {t("automation.addTest")}
      </Button>
    </div>
  );
}

function TestBody({
  of,
  kind,
  label,
  body,
  named,
  statuses,
  fields,
  put,
}: {
  of: Of;
  kind: string;
  label: string;
  body: unknown;
  named: ReturnType<typeof useNamed>;
  statuses: Names;
  fields: string[];
  put: (body: unknown) => void;
}) {
  const { t } = useText();
  const several = (options: { value: string | number; label: string }[]) => (
    <Select mode="multiple" aria-label={label} value={body as (string | number)[]} onChange={put} options={options} />
  );
  const words = (all: readonly string[], prefix: string) =>
    several(all.map((value) => ({ value, label: t(`${prefix}.${value}`) })));
  const numbers = (most: number) =>
    several(Array.from({ length: most }, (_, at) => ({ value: at + 1, label: `${at + 1}` })));
  switch (kind) {
    case "service":
    case "team":
    case "customer":
    case "assignee":
    case "item":
      return several(named[kind]);
    case "assigned":
      return <Switch aria-label={label} checked={body === true} onChange={put} />;
    case "priority":
      return numbers(5);
    case "impact":
    case "urgency":
      return numbers(3);
    case "state":
      return words(of === "request" ? REQUEST_STATES : STATES, `${of}.state`);
    case "hold":
      return words(HOLDS, "incident.hold");
    case "status":
      return several(statuses);
    case "origin":
      return words(["alert", "person"], "incident.origin");
    case "title_contains":
    case "text_contains":
      return (
        <Select
          mode="tags"
          aria-label={label}
          placeholder={t("automation.wordsHelp")}
          value={body as string[]}
          onChange={put}
          open={false}
          tokenSeparators={[",", "，", "、"]}
        />
      );
    case "field": {
      const test = body as { name: string; is?: unknown[] };
      return (
        <div className="row-wrap">
          <Select
            aria-label={label}
            style={{ minWidth: 120 }}
            value={test.name || undefined}
            onChange={(name) => put({ ...test, name })}
            options={fields.map((name) => ({ value: name, label: name }))}
          />
          <Select
            mode="tags"
            open={false}
            style={{ minWidth: 140 }}
            aria-label={t("automation.fieldIs")}
            placeholder={t("automation.fieldIs")}
            value={(test.is ?? []).map(String)}
            onChange={(is) =>
              put(is.length > 0 ? { name: test.name, is: is.map(plainValue) } : { name: test.name, answered: true })
            }
          />
        </div>
      );
    }
    default:
      return <span className="faint">{t("automation.deeper")}</span>;
  }
}

/** What somebody typed, as a field says it: a number, yes or no, or a word. */
export function plainValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

// The parts of the forms: texts in both languages, what a rule waits for, its tests, its acts, and for which tickets.
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, InputNumber, Segmented, Select, Switch } from "antd";
import { Plus, X } from "lucide-react";
import type { Words } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { agreementQueries } from "@/manage/agreement/api";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { type Action, automationQueries, type Condition, type Definition, only, type When } from "./api";

type Names = { value: string; label: string }[];
type Scoped = { customers?: string[]; services?: string[]; teams?: string[] };

/** Places that a ticket fills; a `_` is written as a dot. */
const PLACES = [
  "ticket_number",
  "ticket_title",
  "reporter_name",
  "customer_name",
  "service_name",
  "team_name",
  "agent_name",
  "priority",
  "opened",
  "due",
];
const STATES = ["new", "assigned", "in_progress", "on_hold", "resolved", "closed", "reopened", "cancelled"];
const HOLDS = ["customer", "third_party", "vendor", "change", "internal"];
const REASONS = ["recovered", "fixed", "workaround", "no_fault_found", "customer_confirmed"];
const WHENS = ["opened", "replied", "answered", "reprioritised", "assigned", "at_risk", "breached", "overdue"];
const ACTS = ["assign", "prioritise", "set_field", "start", "hold", "resume", "resolve", "reply", "note", "mail_team"];
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
  "origin",
  "title_contains",
  "text_contains",
  "field",
];

/** Names to choose from; definitions name things by them. */
function useNamed() {
  const { language } = useText();
  const services = useQuery(serviceQueries.all());
  const teams = useQuery(partyQueries.teams());
  const people = useQuery(partyQueries.people());
  const organisations = useQuery(partyQueries.organisations());
  const calendars = useQuery(agreementQueries.calendars());
  const of = (rows: { name: string; display: string | Words }[] | undefined): Names =>
    (rows ?? []).map((row) => ({ value: row.name, label: nameIn(language, row.display) }));
  return {
    service: of(services.data),
    team: of(teams.data),
    assignee: of(people.data),
    customer: of(organisations.data),
    calendar: (calendars.data ?? []).map((row) => ({ value: row.name, label: row.name })),
  };
}

export function Both({
  label,
  value,
  set,
  long = false,
}: {
  label: string;
  value: Words;
  set: (value: Words) => void;
  /** Several lines, with places that a ticket fills. */
  long?: boolean;
}) {
  const { t } = useText();
  return (
    <div className="field">
      <span className="label">{label}</span>
      {(["zh", "en"] as const).map((language) => {
        const words = `${label} · ${language === "zh" ? "中文" : "English"}`;
        const change = (text: string) => set({ ...value, [language]: text });
        return long ? (
          <div key={language} style={{ marginBottom: 8 }}>
            <Input.TextArea
              aria-label={words}
              placeholder={language === "zh" ? "中文" : "English"}
              autoSize={{ minRows: 2, maxRows: 10 }}
              maxLength={20_000}
              value={value[language]}
              onChange={(event) => change(event.target.value)}
            />
            <div className="automation-places">
              {PLACES.map((place) => (
                <Button
                  key={place}
                  size="small"
                  type="text"
                  title={t(`automation.place.${place}`)}
                  onClick={() => change(`${value[language]}{{${place.replace("_", ".")}}}`)}
                >
                  {`{{${place.replace("_", ".")}}}`}
                </Button>
              ))}
            </div>
          </div>
        ) : (
          <Input
            key={language}
            style={{ marginBottom: 4 }}
            aria-label={words}
            placeholder={language === "zh" ? "中文" : "English"}
            maxLength={200}
            value={value[language]}
            onChange={(event) => change(event.target.value)}
          />
        );
      })}
    </div>
  );
}

export function Whens({ value, set }: { value: When[]; set: (value: When[]) => void }) {
  const { t } = useText();
  const named = useNamed();
  const plain = value.filter((when): when is Extract<When, string> => typeof when === "string");
  const moved = value.find(
    (when): when is Extract<When, { moved: unknown }> => typeof when === "object" && "moved" in when,
  );
  const after = value.find(
    (when): when is Extract<When, { after: unknown }> => typeof when === "object" && "after" in when,
  );
  const join = (next: { plain?: string[]; moved?: When | null; after?: When | null }) =>
    set([
      ...((next.plain ?? plain) as When[]),
      ...[next.moved === undefined ? moved : next.moved, next.after === undefined ? after : next.after].filter(
        (when) => when !== null && when !== undefined,
      ),
    ]);
  return (
    <div className="field">
      <span className="label">{t("automation.when")}</span>
      <Select
        mode="multiple"
        aria-label={t("automation.when")}
        value={plain as string[]}
        onChange={(next) => join({ plain: next })}
        options={WHENS.map((word) => ({ value: word, label: t(`automation.whenOf.${word}`) }))}
      />
      <div className="automation-row">
        <span>{t("automation.whenOf.moved")}</span>
        <Select
          mode="multiple"
          aria-label={t("automation.whenOf.moved")}
          value={(moved?.moved ?? []) as string[]}
          onChange={(states) => join({ moved: states.length > 0 ? ({ moved: states } as When) : null })}
          options={STATES.map((word) => ({ value: word, label: t(`incident.state.${word}`) }))}
        />
        <span />
      </div>
      <div className="automation-row">
        <Checkbox
          checked={after !== undefined}
          onChange={(event) =>
            join({ after: event.target.checked ? { after: { since: "customer_reply", secs: 14_400 } } : null })
          }
        >
          {t("automation.whenOf.after")}
        </Checkbox>
        {after ? (
          <div className="row-wrap">
            <InputNumber
              aria-label={t("automation.hours")}
              min={0.02}
              max={8784}
              value={Math.round((after.after.secs / 3600) * 100) / 100}
              suffix={t("automation.hours")}
              onChange={(hours) =>
                join({ after: { after: { ...after.after, secs: Math.round((hours ?? 1) * 3600) } } })
              }
            />
            <Select
              aria-label={t("automation.sinceWhat")}
              value={after.after.since}
              style={{ minWidth: 180 }}
              onChange={(since) => join({ after: { after: { ...after.after, since } } })}
              options={(["opened", "state", "customer_reply", "our_reply"] as const).map((word) => ({
                value: word,
                label: t(`automation.sinceOf.${word}`),
              }))}
            />
            <Select
              allowClear
              aria-label={t("automation.calendar")}
              placeholder={t("automation.wallClock")}
              value={after.after.calendar ?? undefined}
              style={{ minWidth: 160 }}
              onChange={(calendar) => join({ after: { after: { ...after.after, calendar } } })}
              options={named.calendar}
            />
          </div>
        ) : (
          <span />
        )}
        <span />
      </div>
    </div>
  );
}

/** Tests joined by one word; what lies deeper is kept and edited as YAML. */
export function Conditions({ value, set }: { value: Condition | undefined; set: (value: Condition) => void }) {
  const { t } = useText();
  const [joint, inner] = only(value ?? { all: [] });
  const flat = (joint === "all" || joint === "any") && Array.isArray(inner);
  const tests = (flat ? inner : [value]) as Condition[];
  const join = (next: Condition[], by = joint) =>
    set((by === "any" && next.length > 0 ? { any: next } : { all: next }) as Condition);
  const fields = useQuery(automationQueries.all("ticket_field"));
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
              options={[...TESTS, ...(TESTS.includes(kind) ? [] : [kind])].map((word) => ({
                value: word,
                label: t(`automation.test.${word}`),
              }))}
            />
            <TestBody
              kind={kind}
              label={label}
              body={body}
              named={named}
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
  kind,
  label,
  body,
  named,
  fields,
  put,
}: {
  kind: string;
  label: string;
  body: unknown;
  named: ReturnType<typeof useNamed>;
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
      return several(named[kind]);
    case "assigned":
      return <Switch aria-label={label} checked={body === true} onChange={put} />;
    case "priority":
      return numbers(5);
    case "impact":
    case "urgency":
      return numbers(3);
    case "state":
      return words(STATES, "incident.state");
    case "hold":
      return words(HOLDS, "incident.hold");
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

const EMPTY = { zh: "", en: "" };
const BEGUN: Record<string, object> = {
  assign: {},
  prioritise: { impact: 2, urgency: 2 },
  set_field: { field: "", value: "" },
  start: {},
  hold: { reason: "customer" },
  resume: {},
  resolve: { reason: "fixed" },
  reply: { text: EMPTY },
  note: { text: EMPTY },
  mail_team: { team: "", text: EMPTY },
};

export function Acts({ value, set }: { value: Action[]; set: (value: Action[]) => void }) {
  const { t } = useText();
  const named = useNamed();
  const fields = useQuery(automationQueries.all("ticket_field"));
  return (
    <div className="field">
      <span className="label">{t("automation.then")}</span>
      {value.map((act, place) => {
        const [kind, raw] = only(act);
        const body = raw as Record<string, unknown>;
        const put = (next: object) => set(value.map((each, at) => (at === place ? (next as Action) : each)));
        const change = (part: object) => put({ [kind]: { ...body, ...part } });
        const pick = (key: string, options: Names, label: string) => (
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            style={{ minWidth: 170 }}
            aria-label={label}
            placeholder={label}
            value={(body[key] as string) || undefined}
            onChange={(next) => change({ [key]: next })}
            options={options}
          />
        );
        const level = (key: "impact" | "urgency") =>
          pick(
            key,
            [1, 2, 3].map((n) => ({ value: n as unknown as string, label: `${n}` })),
            t(`automation.test.${key}`),
          );
        const text = "text" in body && (
          <Both label={t("automation.text")} long value={body.text as Words} set={(next) => change({ text: next })} />
        );
        return (
          <div className="automation-row" key={`${place}${kind}`}>
            <Select
              aria-label={t("automation.act.label")}
              value={kind}
              onChange={(next) => put({ [next]: BEGUN[next] })}
              options={ACTS.map((word) => ({ value: word, label: t(`automation.act.${word}`) }))}
            />
            <div>
              <div className="row-wrap">
                {kind === "assign" && pick("team", named.team, t("automation.test.team"))}
                {kind === "assign" && pick("person", named.assignee, t("automation.test.assignee"))}
                {kind === "mail_team" && pick("team", named.team, t("automation.test.team"))}
                {kind === "prioritise" && level("impact")}
                {kind === "prioritise" && level("urgency")}
                {kind === "hold" &&
                  pick(
                    "reason",
                    HOLDS.map((word) => ({ value: word, label: t(`incident.hold.${word}`) })),
                    t("automation.reason"),
                  )}
                {kind === "resolve" &&
                  pick(
                    "reason",
                    REASONS.map((word) => ({ value: word, label: t(`incident.reason.${word}`) })),
                    t("automation.reason"),
                  )}
                {kind === "set_field" && (
                  <>
                    {pick(
                      "field",
                      (fields.data ?? []).map(({ name }) => ({ value: name, label: name })),
                      t("automation.test.field"),
                    )}
                    <Input
                      style={{ width: 160 }}
                      aria-label={t("automation.fieldIs")}
                      placeholder={t("automation.fieldIs")}
                      value={String(body.value ?? "")}
                      onChange={(event) => change({ value: plainValue(event.target.value) })}
                    />
                  </>
                )}
              </div>
              {text}
            </div>
            <Button
              type="text"
              icon={<X size={14} />}
              aria-label={t("automation.remove", { what: t(`automation.act.${kind}`) })}
              onClick={() => set(value.filter((_, at) => at !== place))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<Plus size={14} />}
        onClick={() => set([...value, { note: { text: EMPTY } } as Action])}
      >
        {t("automation.addAct")}
      </Button>
    </div>
  );
}

export function Scope({ value, set }: { value: Scoped | undefined; set: (value: Scoped) => void }) {
  const { t } = useText();
  const named = useNamed();
  const parts = [
    ["services", named.service, "service"],
    ["teams", named.team, "team"],
    ["customers", named.customer, "customer"],
  ] as const;
  return (
    <div className="field">
      <span className="label">{t("automation.scope")}</span>
      {parts.map(([key, options, word]) => (
        <Select
          key={key}
          mode="multiple"
          style={{ width: "100%", marginBottom: 4 }}
          aria-label={t(`automation.test.${word}`)}
          placeholder={t("automation.every", { what: t(`automation.test.${word}`) })}
          value={value?.[key] ?? []}
          onChange={(next) => set({ ...value, [key]: next })}
          options={options}
        />
      ))}
    </div>
  );
}

type FieldBody = Extract<Definition, { kind: "ticket_field" }>;
const TYPES = ["text", "long_text", "number", "choice", "yes_no", "date", "person"] as const;

export function FieldForm({ body, set }: { body: FieldBody; set: (next: Definition) => void }) {
  const { t } = useText();
  const answer = body.answer as { type: string; options?: { key: string; label: Words }[] };
  const lines = (answer.options ?? []).map(({ key, label }) => `${key} | ${label.zh} | ${label.en}`).join("\n");
  const read = (text: string) =>
    text.split("\n").map((line) => {
      const [key = "", zh = "", en = ""] = line.split("|").map((part) => part.trim());
      return { key, label: { zh, en } };
    });
  return (
    <>
      <div className="row-wrap">
        <Select
          aria-label={t("automation.type")}
          style={{ minWidth: 160 }}
          value={answer.type}
          onChange={(type) =>
            set({ ...body, answer: (type === "choice" ? { type, options: [] } : { type }) as FieldBody["answer"] })
          }
          options={TYPES.map((type) => ({ value: type, label: t(`automation.typeOf.${type}`) }))}
        />
        <Select
          allowClear
          aria-label={t("automation.required")}
          placeholder={t("automation.notRequired")}
          style={{ minWidth: 180 }}
          value={body.required_at ?? undefined}
          onChange={(required_at) => set({ ...body, required_at })}
          options={(["resolve", "close"] as const).map((word) => ({
            value: word,
            label: t(`automation.requiredAt.${word}`),
          }))}
        />
        <Checkbox
          checked={body.for_customers ?? false}
          onChange={(event) => set({ ...body, for_customers: event.target.checked })}
        >
          {t("automation.forCustomers")}
        </Checkbox>
      </div>
      {answer.type === "choice" && (
        <div className="field">
          <label htmlFor="automation-options">{t("automation.options")}</label>
          <Input.TextArea
            id="automation-options"
            defaultValue={lines}
            autoSize={{ minRows: 3, maxRows: 12 }}
            placeholder={"hq | 总部 | Head office"}
            onChange={(event) =>
              set({ ...body, answer: { type: "choice", options: read(event.target.value) } as FieldBody["answer"] })
            }
          />
        </div>
      )}
    </>
  );
}

type TemplateBody = Extract<Definition, { kind: "ticket_template" }>;

export function TemplateForm({ body, set }: { body: TemplateBody; set: (next: Definition) => void }) {
  const { t } = useText();
  const named = useNamed();
  const level = (key: "impact" | "urgency") => (
    <Select
      aria-label={t(`automation.test.${key}`)}
      style={{ minWidth: 110 }}
      value={body[key]}
      onChange={(value) => set({ ...body, [key]: value })}
      options={[1, 2, 3].map((n) => ({ value: n, label: `${t(`automation.test.${key}`)} ${n}` }))}
    />
  );
  return (
    <>
      <div className="row-wrap">
        <Select
          aria-label={t("automation.test.service")}
          placeholder={t("automation.test.service")}
          style={{ minWidth: 200 }}
          value={body.service || undefined}
          onChange={(service) => set({ ...body, service })}
          options={named.service}
        />
        {level("impact")}
        {level("urgency")}
      </div>
      <Both label={t("automation.subject")} value={body.subject} set={(subject) => set({ ...body, subject })} />
      <Both
        label={t("automation.description")}
        value={body.text ?? EMPTY}
        set={(text) => set({ ...body, text: text.zh || text.en ? text : undefined })}
      />
    </>
  );
}

// What a rule waits for.
import { Checkbox, InputNumber, Select } from "antd";
import { useText } from "@/i18n";
import type { Of, When } from "./api";
import { REQUEST_STATES, STATES, useNamed } from "./named";

const WHENS = ["opened", "replied", "answered", "reprioritised", "assigned", "at_risk", "breached", "overdue"];

/** What happens to requests, too. */
const OF_REQUESTS = ["opened", "replied", "answered"];

export function Whens({ of, value, set }: { of: Of; value: When[]; set: (value: When[]) => void }) {
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
        options={(of === "request" ? OF_REQUESTS : WHENS).map((word) => ({
          value: word,
          label: t(`automation.whenOf.${word}`),
        }))}
      />
      <div className="automation-row">
        <span>{t("automation.whenOf.moved")}</span>
        <Select
          mode="multiple"
          aria-label={t("automation.whenOf.moved")}
          value={(moved?.moved ?? []) as string[]}
          onChange={(states) => join({ moved: states.length > 0 ? ({ moved: states } as When) : null })}
          options={(of === "request" ? REQUEST_STATES : STATES).map((word) => ({
            value: word,
            label: t(`${of}.state.${word}`),
          }))}
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

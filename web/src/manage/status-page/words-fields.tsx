// What several forms ask: words in both languages, and which components are hurt and how.
import { Input, Select } from "antd";
import type { StatusAffected, StatusEffect } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { EFFECTS } from "./words";

export interface Both {
  zh: string;
  en: string;
}

export function BothFields({
  id,
  label,
  value,
  change,
  lines = false,
  most,
}: {
  id: string;
  label: (language: "zh" | "en") => string;
  value: Both;
  change: (value: Both) => void;
  lines?: boolean;
  most: number;
}) {
  return (
    <div className="status-both">
      {(["zh", "en"] as const).map((each) => (
        <div className="field" key={each}>
          <label htmlFor={`${id}-${each}`}>{label(each)}</label>
          {lines ? (
            <Input.TextArea
              id={`${id}-${each}`}
              autoSize={{ minRows: 3 }}
              maxLength={most}
              value={value[each]}
              onChange={(event) => change({ ...value, [each]: event.target.value })}
            />
          ) : (
            <Input
              id={`${id}-${each}`}
              maxLength={most}
              value={value[each]}
              onChange={(event) => change({ ...value, [each]: event.target.value })}
            />
          )}
        </div>
      ))}
    </div>
  );
}

export function AffectedFields({
  components,
  value,
  change,
  work,
}: {
  components: { key: string; name: Both }[];
  value: StatusAffected[];
  change: (value: StatusAffected[]) => void;
  work: boolean;
}) {
  const { t, language } = useText();
  const effectOf = (key: string) => value.find((one) => one.component === key)?.effect ?? "";
  const options = work ? (["maintenance"] as StatusEffect[]) : EFFECTS;
  const set = (component: string, effect: string) => {
    const rest = value.filter((one) => one.component !== component);
    change(effect ? [...rest, { component, effect: effect as StatusEffect }] : rest);
  };
  return (
    <div className="field">
      <span className="label">{t("statusPage.affected")}</span>
      <ul className="stack" style={{ gap: 6 }}>
        {components.map((one) => (
          <li key={one.key} className="row">
            <span className="grow">{nameIn(language, one.name)}</span>
            <Select
              style={{ width: 150 }}
              aria-label={nameIn(language, one.name)}
              value={effectOf(one.key)}
              onChange={(effect) => set(one.key, effect)}
              options={["", ...options].map((effect) => ({
                value: effect,
                label: t(effect ? `statusPage.state.${effect}` : "statusPage.notAffected"),
              }))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

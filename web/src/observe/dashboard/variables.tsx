// What the reader chooses: one select for each variable, written in the address.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { nameIn, useText } from "@/i18n";
import { metricQueries } from "@/observe/metric/api";
import type { Variable } from "./model";
import { type Choices, filled } from "./variable";

export function Variables({
  variables,
  choices,
  choose,
}: {
  variables: Variable[];
  choices: Choices;
  choose: (name: string, values: string[]) => void;
}) {
  return (
    <>
      {variables.map((variable) => (
        <Chooser
          key={variable.name}
          variable={variable}
          of={filled(variable.of ?? "", variables, choices)}
          chosen={choices[variable.name] ?? []}
          choose={(values) => choose(variable.name, values)}
        />
      ))}
    </>
  );
}

function Chooser({
  variable,
  of,
  chosen,
  choose,
}: {
  variable: Variable;
  of: string;
  chosen: string[];
  choose: (values: string[]) => void;
}) {
  const { t, language } = useText();
  const values = useQuery({ ...metricQueries.values(variable.label ?? "", of), enabled: Boolean(variable.label) });
  const title = nameIn(language, variable.title) || variable.name;
  const offered = variable.label ? (values.data ?? []) : (variable.values ?? []);
  // Chosen values that are gone stay visible, so that one sees why nothing is shown.
  const options = [...new Set([...chosen, ...offered])].sort().map((value) => ({ value, label: value }));
  const common = {
    options,
    "aria-label": title,
    showSearch: true,
    popupMatchSelectWidth: false,
    loading: values.isFetching,
  };
  return (
    <div className="row variable">
      <span className="faint">{title}</span>
      {variable.multi ? (
        <Select
          {...common}
          mode="multiple"
          allowClear
          maxTagCount={2}
          placeholder={t("dashboard.all")}
          value={chosen}
          onChange={choose}
          style={{ minWidth: 150 }}
        />
      ) : (
        <Select
          {...common}
          allowClear={Boolean(variable.label)}
          placeholder={t("dashboard.all")}
          value={chosen[0]}
          onChange={(value: string | undefined) => choose(value ? [value] : [])}
          style={{ minWidth: 120 }}
        />
      )}
    </div>
  );
}

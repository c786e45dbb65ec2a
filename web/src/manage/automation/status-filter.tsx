// Narrows a list to tickets with some of the house's own statuses; shown where the house has any.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { nameIn, useText } from "@/i18n";
import { automationQueries, only } from "./api";

export function StatusFilter({
  of,
  value,
  set,
}: {
  /** Of which kind of tickets; of both when not given. */
  of?: "incident" | "request";
  /** Names, parted by commas. */
  value: string;
  set: (value: string) => void;
}) {
  const { t, language } = useText();
  const all = useQuery(automationQueries.all("ticket_status"));
  const options = (all.data ?? []).flatMap(({ definition }) => {
    if (definition.kind !== "ticket_status") return [];
    const [state] = only(definition.under);
    const kind = state === "in_progress" || state === "on_hold" ? "incident" : "request";
    return of && of !== kind ? [] : [{ value: definition.name, label: nameIn(language, definition.title) }];
  });
  // A status that is out of force can still be asked for by an address.
  const chosen = value.split(",").filter(Boolean);
  if (options.length === 0 && chosen.length === 0) return null;
  return (
    <Select
      allowClear
      mode="multiple"
      maxTagCount={1}
      style={{ minWidth: 140 }}
      placeholder={t("automation.status.filter")}
      aria-label={t("automation.status.filter")}
      value={chosen}
      onChange={(names: string[]) => set(names.join(","))}
      options={options}
      popupMatchSelectWidth={200}
    />
  );
}

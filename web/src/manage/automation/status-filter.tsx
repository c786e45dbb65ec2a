// Narrows a list to tickets with some of the house's own statuses; shown where the house has any.
import { Select } from "antd";
import { useText } from "@/i18n";
import type { Of } from "./api";
import { useStatuses } from "./named";

export function StatusFilter({
  of,
  value,
  set,
}: {
  /** Of which kind of tickets; of both when not given. */
  of?: Of;
  /** Names, parted by commas. */
  value: string;
  set: (value: string) => void;
}) {
  const { t } = useText();
  const options = useStatuses(of);
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

import { Input, type InputRef } from "antd";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";

const SEARCH_PAUSE_MS = 220;

/** Asks once the typing pauses; follows the URL when that changes. */
export function SearchBox({
  value,
  onChange,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  ref: React.Ref<InputRef>;
}) {
  const { t } = useText();
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <Input
      ref={ref}
      allowClear
      prefix={<Search size={14} color="var(--text-3)" />}
      suffix={typed ? null : <kbd className="wide-only">/</kbd>}
      style={{ width: 260 }}
      placeholder={t("incident.filter.search")}
      aria-label={t("incident.filter.search")}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

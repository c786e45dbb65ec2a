// One of many by name: a field with its label that is searched in, also by pinyin initials.
import { Select } from "antd";
import { matches } from "./pinyin";

export function Choose({
  label,
  value,
  onChange,
  options,
  grow = false,
  autoFocus = false,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
  grow?: boolean;
  autoFocus?: boolean;
}) {
  return (
    <div className={grow ? "field grow" : "field"}>
      <span className="label">{label}</span>
      <Select
        autoFocus={autoFocus}
        showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
        style={{ width: "100%" }}
        aria-label={label}
        value={value}
        onChange={onChange}
        options={options}
      />
    </div>
  );
}

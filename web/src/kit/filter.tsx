// What a list is narrowed by: it stands in the address, so that a link shows the same.
import { Input, Segmented } from "antd";
import { Search } from "lucide-react";
import { useSearchParams } from "react-router";

export interface Filters {
  /** What is searched for. */
  q: string;
  get: (name: string) => string;
  /** An empty value takes the filter off. */
  set: (name: string, value: string) => void;
}

export function useFilters(): Filters {
  const [search, setSearch] = useSearchParams();
  const get = (name: string) => search.get(name) ?? "";
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return { q: get("q"), get, set };
}

export function SearchBox({ label, value, set }: { label: string; value: string; set: (text: string) => void }) {
  return (
    <Input
      allowClear
      style={{ width: 260 }}
      prefix={<Search size={14} color="var(--text-3)" />}
      placeholder={label}
      aria-label={label}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  );
}

/** One of a few kinds, each with how many there are; the first is every kind and stands in no address. */
export function KindFilter<K extends string>({
  label,
  kinds,
  value,
  word,
  count,
  set,
}: {
  label: string;
  kinds: readonly [K, ...K[]];
  value: string;
  word: (kind: K) => string;
  /** Null while it is not known. */
  count: (kind: K) => number | null;
  set: (value: string) => void;
}) {
  const [every] = kinds;
  return (
    <div className="kinds">
      <Segmented
        value={kinds.find((kind) => kind === value) ?? every}
        aria-label={label}
        onChange={(kind) => set(kind === every ? "" : kind)}
        options={kinds.map((kind) => ({ value: kind, label: `${word(kind)} ${count(kind) ?? ""}` }))}
      />
    </div>
  );
}

import type { Labels } from "./prom";
import "./label-set.css";

/** A series' name and labels, each by itself so that long ones break between labels. */
export function LabelSet({ labels, without = [] }: { labels: Labels; without?: string[] }) {
  const { __name__: name, ...rest } = labels;
  const entries = Object.entries(rest)
    .filter(([label]) => !without.includes(label))
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <span className="label-set mono">
      {name && <b>{name}</b>}
      {entries.map(([label, value]) => (
        <span key={label} className="label-pair">
          <span>{label}</span>=<q>{value}</q>
        </span>
      ))}
      {!name && entries.length === 0 && <span className="faint">{"{}"}</span>}
    </span>
  );
}

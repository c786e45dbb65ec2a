import type { Matcher } from "@/api/types";

/** Matchers, each as one tag. */
export function MatcherTags({ matchers }: { matchers: Matcher[] }) {
  return (
    <span className="matcher-tags">
      {matchers.map(({ name, op, value }) => (
        <code key={`${name}${op}${value}`} className="matcher-tag">
          {name}
          {op}"{value}"
        </code>
      ))}
    </span>
  );
}

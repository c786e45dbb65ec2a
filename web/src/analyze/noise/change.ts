import type { NoiseSuggestion } from "@/api/types";

/** What to write where, as configuration; what must be looked up stands as a remark. */
export function changeOf(one: NoiseSuggestion): string {
  const { change, name, source_kind } = one;
  switch (change.kind) {
    case "confirm_longer":
      return source_kind === "rule"
        ? `- alert: ${name}\n  for: ${change.secs}s  # ${change.secs} s more than now`
        : `probes:\n  - name: ${name}\n    failures: …  # so many looks more that ${change.secs} s pass between them`;
    case "hold_until_morning":
      return source_kind === "rule"
        ? `- alert: ${name}\n  labels: { severity: info }  # or a way with quiet hours for P3 and milder`
        : `probes:\n  - name: ${name}\n    severity: info  # or a way with quiet hours for P3 and milder`;
    case "depend_on":
      return `services:\n  - name: …\n    depends_on: [ … ]  # the service of ${change.name}`;
    case "deactivate":
      return source_kind === "rule"
        ? `# take this alert out of its rule file\n- alert: ${name}`
        : `retired:\n  - { kind: probe, name: ${name} }`;
  }
}

/** Whether the change is one of our configuration, which the console can try; a rule stands in a rule file. */
export function isConfiguration({ change, source_kind }: NoiseSuggestion): boolean {
  return source_kind !== "rule" || change.kind === "depend_on";
}

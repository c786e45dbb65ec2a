// What the reader chose, put into queries. Pure.
import type { Variable } from "./model";

export type Choices = Record<string, string[]>;
export const ALL = "";

/** A value inside a regular expression of a matcher, inside quotes. */
const literal = (value: string) => value.replace(/[\\.*+?^${}()|[\]]/g, "\\\\$&").replaceAll('"', '\\"');

/** One chosen value as it is; several as a choice for `=~`; none or all as anything. */
export function chosenValue(variable: Variable, chosen: string[] | undefined, matcher: boolean): string {
  const values = (chosen ?? []).filter((value) => value !== ALL);
  if (values.length === 0) {
    // All of one's own values are just these; all of a label are whatever it has.
    if (!matcher) return variable.values?.[0] ?? "";
    return variable.values?.length ? variable.values.map(literal).join("|") : ".*";
  }
  return matcher ? values.map(literal).join("|") : (values[0] ?? "");
}

/** `$name` and `${name}` filled in; inside `=~"…"` as a pattern, elsewhere as the value itself. */
export function filled(expr: string, variables: Variable[], choices: Choices): string {
  const put = (text: string, matcher: boolean) =>
    text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
      const variable = variables.find((each) => each.name === (braced ?? plain));
      return variable ? chosenValue(variable, choices[variable.name], matcher) : whole;
    });
  return put(
    expr.replace(/[=!]~\s*"(?:[^"\\]|\\.)*"/g, (matcher) => put(matcher, true)),
    false,
  );
}

/** The choices that an address holds, by `var-name`. */
export function readChoices(search: URLSearchParams, variables: Variable[]): Choices {
  return Object.fromEntries(
    variables.map((variable) => {
      const given = search.getAll(`var-${variable.name}`).filter((value) => value !== ALL);
      const fallback = !variable.multi && variable.values?.[0] ? [variable.values[0]] : [];
      return [variable.name, given.length > 0 ? given : fallback];
    }),
  );
}

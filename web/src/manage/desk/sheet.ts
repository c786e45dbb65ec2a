// A list of the desk as a sheet: comma-separated values that no spreadsheet takes for a formula. Pure.
import type { DeskExport } from "@/api/types";
import { type Language, nameIn, type Translate, textOf } from "@/i18n";
import { tagOf } from "./tag";

/** What a spreadsheet would calculate, wide forms and control characters included, gets a mark before it that makes it a text. */
const CALCULATED = /^[\s]*[=+\-@＝＋－＠\t\r]/;

/** A plain number calculates nothing, whatever its sign. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A value in its quotes. */
export function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return `"${(CALCULATED.test(text) && !NUMBER.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** What a field says, as people read it. */
function said(column: DeskExport["columns"][number], value: unknown, t: Translate, language: Language): string {
  if (value === null || value === undefined) return "";
  const { answer } = column;
  const one = (each: unknown) =>
    answer.type === "choice"
      ? nameIn(language, answer.options.find((option) => option.key === each)?.label) || String(each)
      : typeof each === "boolean"
        ? t(each ? "automation.yes" : "automation.no")
        : String(each);
  return Array.isArray(value) ? value.map(one).join("; ") : one(value);
}

/** Every row with a head in the reader's language; lines end as RFC 4180 has it. */
export function sheet({ columns, rows }: DeskExport, t: Translate, language: Language): string {
  const heads = [
    "number",
    "kind",
    "title",
    "state",
    "status",
    "priority",
    "service",
    "team",
    "person",
    "due",
    "opened",
  ];
  const head = [
    ...heads.map((each) => t(`desk.sheet.${each}`)),
    ...columns.map((each) => nameIn(language, each.title)),
  ];
  const lines = rows.map((row) => [
    tagOf(row),
    t(`desk.kind.${row.kind}`),
    row.title,
    textOf(t, row.kind === "complaint" ? "complaint.step" : `${row.kind}.state`, row.state),
    nameIn(language, row.status?.title),
    row.priority ? `P${row.priority}` : "",
    nameIn(language, row.service?.display),
    nameIn(language, row.team?.display),
    row.person?.display,
    row.due_at,
    row.opened_at,
    ...columns.map((column) => said(column, (row.fields as Record<string, unknown>)[column.name], t, language)),
  ]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

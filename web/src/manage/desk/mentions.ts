// Who is named in a note. Pure.
interface Person {
  id: string;
  display: string;
}

/** Those whose name stands after an @, the longer name first: `@Ann Lee` does not name Ann. */
export function mentioned(text: string, people: readonly Person[]): string[] {
  const byLength = [...people].sort((a, b) => b.display.length - a.display.length);
  const found: string[] = [];
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const who = byLength.find((person) => text.startsWith(person.display, at + 1));
    if (who && !found.includes(who.id)) found.push(who.id);
  }
  return found;
}

/** What stands between the last @ and the caret, as far as it can be a name; null when nothing is being named. */
export function typedName(text: string, caret: number): string | null {
  return /(?:^|[^A-Za-z0-9._-])@([\p{L}\p{N}]{0,20})$/u.exec(text.slice(0, caret))?.[1] ?? null;
}

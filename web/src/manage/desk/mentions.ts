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

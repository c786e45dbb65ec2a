// What was begun and not sent. It lies in this browser, by person and ticket: words that nobody has said yet belong to no
// ledger and to no backup, and on the server they would be one more place to erase. It outlives a reload and signing out; it
// does not follow to another machine. After a month, or when there are too many, the oldest go.

interface Draft {
  text: string;
  at: number;
}
const PREFIX = "evenkeel.draft.";
const MOST = 100;
const KEPT_MS = 30 * 86_400_000;
const CHARS_MAX = 20_000;

export const draftKey = (person: string, ticket: string, field: string) => `${PREFIX}${person}.${ticket}.${field}`;

export function readDraft(storage: Storage, key: string, now: number): string {
  try {
    const draft = JSON.parse(storage.getItem(key) ?? "null") as Draft | null;
    return draft && now - draft.at < KEPT_MS ? draft.text : "";
  } catch {
    return "";
  }
}

/** Keeps a text; an empty one is no draft. */
export function writeDraft(storage: Storage, key: string, text: string, now: number) {
  if (text.trim() === "") {
    storage.removeItem(key);
    return;
  }
  const kept = JSON.stringify({ text: text.slice(0, CHARS_MAX), at: now } satisfies Draft);
  try {
    storage.setItem(key, kept);
  } catch {
    // The browser's storage is full: the text stays in its field, and is lost with the page alone.
    return;
  }
  forgetOld(storage, now);
}

function forgetOld(storage: Storage, now: number) {
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "").filter((key) =>
    key.startsWith(PREFIX),
  );
  const ages = keys.map((key) => {
    try {
      return { key, at: (JSON.parse(storage.getItem(key) ?? "{}") as Draft).at ?? 0 };
    } catch {
      return { key, at: 0 };
    }
  });
  ages.sort((a, b) => b.at - a.at);
  for (const [place, { key, at }] of ages.entries()) if (place >= MOST || now - at > KEPT_MS) storage.removeItem(key);
}

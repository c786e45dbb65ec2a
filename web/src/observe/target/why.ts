// Why a target is down, as a kind that has words: from what the scraper said of it. Pure.

const KINDS: [RegExp, string][] = [
  [/context deadline exceeded|timed? ?out|deadline|longer than/i, "timeout"],
  [/connection refused/i, "refused"],
  [/no such host|dns|name or service not known|resolve|nxdomain|lookup/i, "name"],
  [/certificate|tls|x509|handshake|ssl/i, "tls"],
  [/\b(401|403)\b|unauthori[sz]ed|forbidden/i, "denied"],
  [/\b404\b|not found/i, "path"],
  [/\b(4\d\d|5\d\d)\b.*|http status/i, "status"],
  [
    /body.*(limit|large|exceed)|body_size|sample_?limit|label_?limit|samples? limit|over the limit|limit exceeded/i,
    "limit",
  ],
  [/parse|expected|invalid|unsupported content|content-type|unexpected|exposition|line \d+/i, "format"],
  [/unreachable|no route|network|reset|broken pipe|eof|closed/i, "network"],
  [/address.*(allow|permit|denied)|not allowed|forbidden address/i, "guarded"],
];

export type Why =
  | "timeout"
  | "refused"
  | "name"
  | "tls"
  | "denied"
  | "path"
  | "status"
  | "limit"
  | "format"
  | "network"
  | "guarded"
  | "other";

export function whyOf(error: string): Why {
  return (KINDS.find(([pattern]) => pattern.test(error))?.[1] ?? "other") as Why;
}

/** Never, as it is written for a target that was not asked yet. */
export const isNever = (instant: string): boolean => instant.startsWith("0001-");

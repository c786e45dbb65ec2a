/** What the server refused, as it said it (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string | null = null,
    readonly at: string | null = null,
    readonly allowed: string[] = [],
    readonly requestId: string | null = null,
  ) {
    super(detail ?? code);
    this.name = "Problem";
  }
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Reads whatever came back as a problem, also when a proxy in between answered with something else. */
export function problemOf(body: unknown, response: Response): Problem {
  const b = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return new Problem(
    text(b.code) ?? (response.status >= 500 ? "internal" : `http_${response.status}`),
    response.status,
    text(b.detail) ?? text(b.title),
    text(b.at),
    Array.isArray(b.allowed) ? b.allowed.filter((a): a is string => typeof a === "string") : [],
    text(b.request_id) ?? response.headers.get("x-request-id"),
  );
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // A browser says no more than "failed to fetch", in words of its own.
  return new Problem("unreachable", 0);
}

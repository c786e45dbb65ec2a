// Asks the metric API, which answers as Prometheus does. What it refuses is a Problem like any other, with a place in the query.
import { asProblem, Problem, problemOf } from "@/api/problem";

export type Labels = Record<string, string>;
/** Seconds and a number as text: `NaN`, `+Inf` and `-Inf` are numbers too. */
export type Sample = [number, string];
export interface Histogram {
  count: string;
  sum: string;
}
export interface Series {
  metric: Labels;
  values?: Sample[];
  histograms?: [number, Histogram][];
}
export interface Instant {
  metric: Labels;
  value?: Sample;
  histogram?: [number, Histogram];
}
export type RangeResult = { resultType: "matrix"; result: Series[] };
export type InstantResult =
  | { resultType: "vector"; result: Instant[] }
  | { resultType: "matrix"; result: Series[] }
  | { resultType: "scalar" | "string"; result: Sample };

/** Where in a query, counted from 1. */
export interface Place {
  line: number;
  column: number;
}
export interface Said<T> {
  data: T;
  warnings: string[];
  infos: string[];
}

const CODE: Record<string, string> = {
  bad_data: "invalid",
  execution: "invalid",
  timeout: "timed_out",
  canceled: "timed_out",
  internal: "internal",
  not_found: "not_found",
  unavailable: "storage_away",
};

/** What the engine refused, in its words, and where in the query. */
export class PromError extends Problem {
  constructor(
    readonly kind: string,
    status: number,
    text: string,
    readonly place: Place | null,
    requestId: string | null,
  ) {
    super(CODE[kind] ?? kind, status, text, null, [], requestId);
    this.name = "PromError";
  }
}

/** `1:8: parse error: …` → the place and the words after it. */
export function placed(text: string): { text: string; place: Place | null } {
  const leading = text.match(/(?:^|:\s)(\d+):(\d+): ([\s\S]*)$/);
  if (leading) return { text: leading[3] ?? text, place: { line: Number(leading[1]), column: Number(leading[2]) } };
  const trailing = text.match(/\((\d+):(\d+)\)\s*$/);
  return trailing
    ? {
        text: text.slice(0, trailing.index).trim(),
        place: { line: Number(trailing[1]), column: Number(trailing[2]) },
      }
    : { text, place: null };
}

const ROOT = "/prometheus/api/v1";

type Params = Record<string, string | number | string[] | undefined>;

function encoded(params: Params): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each));
  }
  return search;
}

interface Body {
  status?: string;
  errorType?: string;
  error?: string;
  data?: unknown;
  warnings?: string[];
  infos?: string[];
}

/** `send` in the body, for queries of any length; otherwise in the address. */
export async function ask<T>(path: string, params: Params = {}, signal?: AbortSignal, send = false): Promise<Said<T>> {
  const search = encoded(params);
  let response: Response;
  let body: Body;
  try {
    response = await fetch(`${ROOT}/${path}${send || search.size === 0 ? "" : `?${search}`}`, {
      method: send ? "POST" : "GET",
      body: send ? search : undefined,
      credentials: "same-origin",
      headers: { "X-Evenkeel-Request": "1", Accept: "application/json" },
      signal,
    });
    body = (await response.json().catch(() => ({}))) as Body;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw asProblem(error);
  }
  if (body.status === "error") {
    const { text, place } = placed(body.error ?? "");
    throw new PromError(
      body.errorType ?? "internal",
      response.status,
      text,
      place,
      response.headers.get("x-request-id"),
    );
  }
  if (!response.ok || body.status !== "success") throw problemOf(body, response);
  return { data: body.data as T, warnings: body.warnings ?? [], infos: body.infos ?? [] };
}

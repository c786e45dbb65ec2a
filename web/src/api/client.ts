// The typed way to the server. Everything that asks goes through `read`, so that every refusal is a Problem.

import i18next from "i18next";
import createClient, { type Middleware } from "openapi-fetch";
import { asProblem, problemOf } from "./problem";
import type { paths } from "./schema";
import type { Filled } from "./types";

/** How far the server's clock is ahead of this machine's, in milliseconds; countdowns add it. */
let skewMs = 0;
export const serverNow = () => Date.now() + skewMs;

const watchClock: Middleware = {
  onResponse({ response }) {
    const date = response.headers.get("date");
    if (!date) return undefined;
    // The header has whole seconds: only a difference of more than two says anything.
    const ahead = Date.parse(date) + 500 - Date.now();
    skewMs = Math.abs(ahead) > 2000 ? ahead : 0;
    return undefined;
  },
};

/** Titles of what a machine opened are words of the server: it says them in the reader's language. */
const askInLanguage: Middleware = {
  onRequest({ request }) {
    if (i18next.language) request.headers.set("Accept-Language", i18next.language);
    return request;
  },
};

// The header is what a form on another site cannot send: it guards every unsafe request made with the cookie.
export const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  headers: { "X-Evenkeel-Request": "1", Accept: "application/json" },
});
client.use(watchClock, askInLanguage);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or throws a Problem. */
export async function read<T>(call: Promise<Answer<T>>): Promise<Filled<T>> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    throw asProblem(error);
  }
  if (!answer.response.ok) throw problemOf(answer.error, answer.response);
  return answer.data as Filled<T>;
}

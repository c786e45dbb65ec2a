import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect } from "react";
import { createBrowserRouter, isRouteErrorResponse, RouterProvider, useRouteError } from "react-router";
import { Problem } from "./api/problem";
import { type Later, textsOf } from "./i18n";
import { FailureNote } from "./kit/answer";
import { ThemeProvider } from "./kit/theme";
import { Frame, PageBones } from "./shell/frame";
import { Missing } from "./shell/missing";
import { forget } from "./shell/session";

const onError = (error: unknown) => {
  if (error instanceof Problem && error.status === 401) forget(queries);
};
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      // What the server refused it will refuse again; only what did not reach it, or broke, is tried once more.
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500),
    },
  },
});

// Titles of what a machine opened come in the language they were asked in.
i18next.on("languageChanged", () => void queries.invalidateQueries());

const STALE = /dynamically imported module|importing a module script failed|error loading dynamically/i;
const STALE_KEY = "evenkeel.stale";

/** After an upgrade an open tab asks for parts that are no longer there: it is loaded again, once for each address. */
function useFreshParts(error: unknown): boolean {
  const stale =
    error instanceof Error && STALE.test(error.message) && sessionStorage.getItem(STALE_KEY) !== location.href;
  useEffect(() => {
    if (!stale) return;
    sessionStorage.setItem(STALE_KEY, location.href);
    location.reload();
  }, [stale]);
  return stale;
}

function Broken() {
  const error = useRouteError();
  if (useFreshParts(error)) return <PageBones />;
  if (isRouteErrorResponse(error) && error.status === 404) return <Missing />;
  return (
    <div className="page">
      <FailureNote error={error} again={() => window.location.reload()} />
    </div>
  );
}

type Loaded = Promise<{ default: React.ComponentType }>;
/** A page, fetched when it is opened, with the texts that no other page needs. */
const page =
  (load: () => Loaded, ...nouns: Later[]) =>
  async () => {
    const [loaded] = await Promise.all([load(), textsOf(nouns)]);
    return { Component: loaded.default };
  };

const router = createBrowserRouter([
  {
    path: "/sign-in",
    lazy: page(() => import("./shell/sign-in")),
    errorElement: <Broken />,
    hydrateFallbackElement: <div />,
  },
  {
    path: "/ack",
    lazy: page(() => import("./observe/page/acknowledge")),
    errorElement: <Broken />,
    hydrateFallbackElement: <div />,
  },
  {
    path: "/drill",
    lazy: page(() => import("./observe/page/drill")),
    errorElement: <Broken />,
    hydrateFallbackElement: <div />,
  },
  {
    path: "/approval",
    lazy: page(() => import("./manage/portal/link"), "portal"),
    errorElement: <Broken />,
    hydrateFallbackElement: <div />,
  },
  {
    path: "/survey",
    lazy: page(() => import("./manage/survey/link"), "survey"),
    errorElement: <Broken />,
    hydrateFallbackElement: <div />,
  },
  {
    element: <Frame />,
    hydrateFallbackElement: <PageBones />,
    errorElement: <Broken />,
    children: [
      { index: true, lazy: page(() => import("./shell/landing")) },
      { path: "boards", lazy: page(() => import("./analyze/home/home")) },
      { path: "desk", lazy: page(() => import("./manage/desk/list")) },
      { path: "incidents", lazy: page(() => import("./manage/incident/queue")) },
      { path: "incidents/:id", lazy: page(() => import("./manage/incident/detail")) },
      { path: "problems", lazy: page(() => import("./manage/problem/list")) },
      { path: "problems/:id", lazy: page(() => import("./manage/problem/detail")) },
      { path: "reviews", lazy: page(() => import("./manage/review/list")) },
      { path: "reviews/:id", lazy: page(() => import("./manage/review/detail")) },
      { path: "reviews/:id/editions/:edition", lazy: page(() => import("./manage/review/edition")) },
      { path: "follow-ups", lazy: page(() => import("./manage/follow-up/list")) },
      { path: "knowledge", lazy: page(() => import("./manage/knowledge/list")) },
      { path: "knowledge/new", lazy: page(() => import("./manage/knowledge/edit")) },
      { path: "knowledge/:id", lazy: page(() => import("./manage/knowledge/article")) },
      { path: "knowledge/:id/edit", lazy: page(() => import("./manage/knowledge/edit")) },
      { path: "search", lazy: page(() => import("./manage/search/page"), "release") },
      { path: "portal/articles/:id", lazy: page(() => import("./manage/portal/article"), "portal") },
      { path: "changes", lazy: page(() => import("./manage/change/list")) },
      { path: "changes/agenda", lazy: page(() => import("./manage/change/agenda")) },
      { path: "changes/calendar", lazy: page(() => import("./manage/change/calendar"), "release") },
      { path: "changes/statistics", lazy: page(() => import("./manage/change/statistics"), "release") },
      { path: "changes/:id", lazy: page(() => import("./manage/change/detail"), "release") },
      { path: "releases", lazy: page(() => import("./manage/release/list"), "release") },
      { path: "releases/:id", lazy: page(() => import("./manage/release/detail"), "release") },
      { path: "portal", lazy: page(() => import("./manage/portal/home"), "portal", "release") },
      { path: "portal/items/:id", lazy: page(() => import("./manage/portal/order"), "portal") },
      { path: "portal/requests", lazy: page(() => import("./manage/portal/mine"), "portal") },
      { path: "portal/requests/:id", lazy: page(() => import("./manage/portal/request"), "portal") },
      { path: "portal/approvals", lazy: page(() => import("./manage/portal/approvals"), "portal") },
      { path: "portal/complaints", lazy: page(() => import("./manage/complaint/portal"), "portal") },
      { path: "portal/complaints/:id", lazy: page(() => import("./manage/complaint/portal-complaint"), "portal") },
      { path: "portal/grievances/:id", lazy: page(() => import("./manage/complaint/portal-grievance"), "portal") },
      { path: "complaints", lazy: page(() => import("./manage/complaint/list")) },
      { path: "complaints/:id", lazy: page(() => import("./manage/complaint/detail")) },
      { path: "grievances/:id", lazy: page(() => import("./manage/complaint/grievance"), "portal") },
      { path: "surveys", lazy: page(() => import("./manage/survey/results"), "survey") },
      { path: "voice", lazy: page(() => import("./manage/voice/board"), "voice") },
      { path: "requests", lazy: page(() => import("./manage/request/queue")) },
      { path: "requests/:id", lazy: page(() => import("./manage/request/detail")) },
      { path: "catalogue", lazy: page(() => import("./manage/catalogue/list")) },
      { path: "catalogue/:id", lazy: page(() => import("./manage/catalogue/detail")) },
      { path: "mail", lazy: page(() => import("./manage/mail/page")) },
      { path: "suppressions", lazy: page(() => import("./manage/suppression/page")) },
      { path: "status-pages", lazy: page(() => import("./manage/status-page/list")) },
      { path: "status-pages/:name", lazy: page(() => import("./manage/status-page/detail")) },
      { path: "services", lazy: page(() => import("./manage/service/list")) },
      { path: "services/:id", lazy: page(() => import("./manage/service/detail"), "probe", "slo") },
      { path: "probes", lazy: page(() => import("./observe/probe/list"), "probe") },
      { path: "probes/:id", lazy: page(() => import("./observe/probe/detail"), "probe") },
      { path: "heartbeats", lazy: page(() => import("./observe/heartbeat/list"), "heartbeat", "probe") },
      { path: "heartbeats/:id", lazy: page(() => import("./observe/heartbeat/detail"), "heartbeat", "probe") },
      { path: "evenkeel", lazy: page(() => import("./observe/own/own"), "own") },
      { path: "host", lazy: page(() => import("./observe/host/host")) },
      { path: "observe/metrics", lazy: page(() => import("./observe/metric/explorer"), "metric") },
      { path: "observe/cardinality", lazy: page(() => import("./observe/metric/cardinality"), "metric") },
      { path: "observe/dashboards", lazy: page(() => import("./observe/dashboard/list"), "dashboard", "metric") },
      { path: "observe/dashboards/:name", lazy: page(() => import("./observe/dashboard/page"), "dashboard", "metric") },
      { path: "observe/targets", lazy: page(() => import("./observe/target/list"), "target") },
      { path: "observe/rules", lazy: page(() => import("./observe/rule/list"), "rule") },
      { path: "observe/slos", lazy: page(() => import("./observe/slo/list"), "slo") },
      { path: "observe/slos/:name", lazy: page(() => import("./observe/slo/detail"), "slo") },
      { path: "on-call", lazy: page(() => import("./observe/on-call/on-call"), "noise") },
      { path: "on-call/contact", lazy: page(() => import("./observe/on-call/contact")) },
      { path: "noise", lazy: page(() => import("./analyze/noise/page"), "noise") },
      { path: "reports", lazy: page(() => import("./analyze/report/list"), "report") },
      { path: "reports/:id", lazy: page(() => import("./analyze/report/detail"), "report") },
      { path: "settings/:part?", lazy: page(() => import("./shell/settings/settings"), "settings") },
      { path: "*", element: <Missing /> },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { follow } from "@/api/stream";
import { useText } from "@/i18n";
import { FailureNote, PanelBones } from "@/kit/answer";
import { path } from "@/path";
import { LiveBanner } from "./live-banner";
import { Palette } from "./palette";
import { BottomBar, Rail } from "./rail";
import { sessionQuery } from "./session";
import { TopBar } from "./top-bar";

export function PageBones() {
  return (
    <div className="page">
      <PanelBones height={72} />
      <PanelBones height={320} />
    </div>
  );
}

/** Everything around a page, for those who are signed in; others are sent to sign in and come back. */
export function Frame() {
  const session = useQuery(sessionQuery);
  const queries = useQueryClient();
  const location = useLocation();
  const { t } = useText();
  const [palette, setPalette] = useState(false);
  const signedIn = Boolean(session.data);

  useEffect(() => (signedIn ? follow(queries) : undefined), [signedIn, queries]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette((open) => !open);
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  if (session.isPending) return <PageBones />;
  if (session.isError)
    return (
      <div className="page">
        <FailureNote error={session.error} again={() => void session.refetch()} />
      </div>
    );
  if (!session.data) return <Navigate to={path.signIn(location.pathname + location.search + location.hash)} replace />;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <Rail />
      <TopBar session={session.data} search={() => setPalette(true)} />
      <main className="main" id="main" tabIndex={-1}>
        <LiveBanner />
        <Suspense fallback={<PageBones />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar />
      <Palette open={palette} close={() => setPalette(false)} />
    </div>
  );
}

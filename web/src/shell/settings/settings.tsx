import { lazy, Suspense } from "react";
import { Navigate, NavLink, useParams } from "react-router";
import { useText } from "@/i18n";
import { PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Agreements, Calendars } from "@/manage/agreement/lists";
import { DryRun } from "@/manage/definition/dry-run";
import { Organisations, People, Teams } from "@/manage/party/lists";
import "@/manage/service/service.css";
import "@/analyze/figure/figure.css";
import { path, type SettingsPart } from "@/path";
import { PasswordForm } from "../password-form";
import { holds, type Permission, useSession } from "../session";
import "./settings.css";

const Health = lazy(() => import("./health"));
const Desk = lazy(() => import("@/manage/automation/page"));
const Tokens = lazy(() => import("./tokens"));

const PARTS: {
  group: "parties" | "desk" | "promises" | "system" | "mine";
  parts: { part: SettingsPart; needs?: Permission }[];
}[] = [
  {
    group: "parties",
    parts: [
      { part: "people", needs: "party.read" },
      { part: "teams", needs: "party.read" },
      { part: "organisations", needs: "party.read" },
    ],
  },
  { group: "desk", parts: [{ part: "desk", needs: "automation.read" }] },
  {
    group: "promises",
    parts: [
      { part: "agreements", needs: "agreement.read" },
      { part: "calendars", needs: "calendar.read" },
    ],
  },
  {
    group: "system",
    parts: [
      { part: "configuration", needs: "definition.write" },
      { part: "health", needs: "health.read" },
    ],
  },
  { group: "mine", parts: [{ part: "tokens", needs: "token.write" }, { part: "me" }] },
];

function Part({ part }: { part: SettingsPart }) {
  const { t } = useText();
  switch (part) {
    case "people":
      return <People />;
    case "teams":
      return <Teams />;
    case "desk":
      return <Desk />;
    case "organisations":
      return <Organisations />;
    case "agreements":
      return <Agreements />;
    case "calendars":
      return <Calendars />;
    case "configuration":
      return <DryRun />;
    case "health":
      return <Health />;
    case "tokens":
      return <Tokens />;
    case "me":
      return (
        <Panel title={t("settings.part.me")}>
          <div style={{ maxWidth: 380 }}>
            <PasswordForm current done={() => {}} />
          </div>
        </Panel>
      );
  }
}

export default function Settings() {
  const { t } = useText();
  const session = useSession();
  const { part } = useParams();
  const all = PARTS.flatMap((group) => group.parts).filter((each) => !each.needs || holds(session, each.needs));
  const here = all.find((each) => each.part === part);
  if (!here) return <Navigate to={path.settings(all[0]?.part ?? "me")} replace />;
  return (
    <div className="page">
      <PageHead title={t("settings.title")} />
      <div className="settings-layout">
        <nav className="settings-nav" aria-label={t("settings.title")}>
          {PARTS.map(({ group, parts }) => {
            const shown = parts.filter((each) => all.includes(each));
            if (shown.length === 0) return null;
            return (
              <div key={group}>
                <small>{t(`settings.group.${group}`)}</small>
                {shown.map((each) => (
                  <NavLink key={each.part} to={path.settings(each.part)}>
                    {t(`settings.part.${each.part}`)}
                  </NavLink>
                ))}
              </div>
            );
          })}
        </nav>
        <div style={{ minWidth: 0 }}>
          <Suspense fallback={<PanelBones height={240} />}>
            <Part part={here.part} />
          </Suspense>
        </div>
      </div>
    </div>
  );
}

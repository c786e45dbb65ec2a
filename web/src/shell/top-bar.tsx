import { useQuery } from "@tanstack/react-query";
import { Dropdown, type MenuProps, Popover, Tooltip } from "antd";
import { Languages, Moon, PhoneCall, Search, Sun } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { useLive } from "@/api/stream";
import type { Session } from "@/api/types";
import { nameIn, setLanguage, useText } from "@/i18n";
import { Shape } from "@/kit/status";
import { useAppearance } from "@/kit/theme";
import { onCallQueries } from "@/observe/on-call/api";
import { path } from "@/path";
import { Avatar } from "./avatar";
import { Mark } from "./logo";
import { holds, useSignOut } from "./session";

export function LanguageButton() {
  const { t, language } = useText();
  const other = language === "zh" ? "en" : "zh";
  return (
    <Tooltip title={other === "en" ? "English" : "中文"}>
      <button type="button" className="bar-button" onClick={() => setLanguage(other)}>
        <Languages size={16} aria-hidden />
        <span lang={other === "en" ? "en" : "zh-CN"}>{other === "en" ? "EN" : "中"}</span>
        <span className="sr-only">{t("shell.otherLanguage")}</span>
      </button>
    </Tooltip>
  );
}

export function ThemeButton() {
  const { t } = useText();
  const { scheme, choose } = useAppearance();
  const label = t(scheme === "dark" ? "shell.palette.toLight" : "shell.palette.toDark");
  return (
    <Tooltip title={label}>
      <button
        type="button"
        className="bar-button"
        aria-label={label}
        onClick={() => choose(scheme === "dark" ? "light" : "dark")}
      >
        {scheme === "dark" ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
      </button>
    </Tooltip>
  );
}

function LiveState() {
  const { t } = useText();
  const live = useLive();
  const tone = live === "live" ? "good" : live === "lost" ? "attention" : "unknown";
  return (
    <Tooltip title={t(`shell.live.${live}.tip`)}>
      <Link to={path.settings("health")} className={`live-dot is-${tone} wide-only`}>
        <Shape tone={tone} size={9} />
        <span className="faint">{t(`shell.live.${live}.word`)}</span>
      </Link>
    </Tooltip>
  );
}

function OnCallNow() {
  const { t, language } = useText();
  const onCall = useQuery(onCallQueries.now());
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div style={{ minWidth: 220 }} className="stack">
          {(onCall.data ?? []).map((row) => (
            <div key={row.team.id} className="row">
              <span className="grow muted clip">{nameIn(language, row.team.display)}</span>
              <span>
                {row.now ? (
                  nameIn(language, row.now.person.display)
                ) : (
                  <span className="is-attention">{t("shell.nobody")}</span>
                )}
              </span>
            </div>
          ))}
          <Link to={path.onCall()}>{t("shell.place.onCall")} →</Link>
        </div>
      }
    >
      <button type="button" className="bar-button">
        <PhoneCall size={15} aria-hidden />
        <span className="sr-only">{t("shell.onCallNow")}</span>
        <span className="wide-only clip" style={{ maxWidth: 120 }}>
          {onCall.data?.[0]?.now ? nameIn(language, onCall.data[0].now.person.display) : ""}
        </span>
      </button>
    </Popover>
  );
}

export function TopBar({ session, search }: { session: Session; search: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { choice, choose, density, setDensity } = useAppearance();
  const mac = navigator.platform.startsWith("Mac");
  const menu: MenuProps["items"] = [
    {
      key: "who",
      type: "group",
      label: (
        <div style={{ lineHeight: 1.5 }}>
          <div style={{ color: "var(--text)", fontWeight: 600 }}>{nameIn(language, session.person.display)}</div>
          <div className="faint">{session.roles.map((role) => t(`shell.role.${role}`)).join(" · ")}</div>
        </div>
      ),
    },
    { key: "me", label: t("shell.myAccount"), onClick: () => navigate(path.settings("me")) },
    {
      key: "theme",
      label: t("shell.theme.title"),
      children: (["system", "light", "dark"] as const).map((each) => ({
        key: each,
        label: `${choice === each ? "✓ " : ""}${t(`shell.theme.${each}`)}`,
        onClick: () => choose(each),
      })),
    },
    {
      key: "density",
      label: t("shell.density.title"),
      children: (["compact", "comfortable"] as const).map((each) => ({
        key: each,
        label: `${density === each ? "✓ " : ""}${t(`shell.density.${each}`)}`,
        onClick: () => setDensity(each),
      })),
    },
    { type: "divider" },
    { key: "out", label: t("shell.signOut"), onClick: () => void signOut() },
  ];
  return (
    <header className="topbar">
      <Link to={path.home()} className="narrow-only row" aria-label="Evenkeel">
        <Mark size={24} />
      </Link>
      <div className="grow" style={{ paddingRight: 8 }}>
        <button type="button" className="search-trigger" onClick={search} aria-keyshortcuts="Control+K">
          <Search size={15} aria-hidden />
          <span className="clip">{t("shell.search")}</span>
          <kbd className="wide-only">{mac ? "⌘" : "Ctrl"} K</kbd>
        </button>
      </div>
      {session.organisation && (
        <span className="wide-only faint clip" style={{ maxWidth: 200, padding: "0 6px" }}>
          {nameIn(language, session.organisation.display)}
        </span>
      )}
      <LiveState />
      {holds(session, "on_call.read") && <OnCallNow />}
      <LanguageButton />
      <ThemeButton />
      <Dropdown menu={{ items: menu }} trigger={["click"]} placement="bottomRight">
        <button type="button" className="bar-button" aria-label={t("shell.account")}>
          <Avatar name={nameIn(language, session.person.display)} />
        </button>
      </Dropdown>
    </header>
  );
}

import { App as AntApp, theme as antTheme, ConfigProvider, type ThemeConfig } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Language, useLanguage } from "@/i18n";
import { cssOf, fontFamily, monoFamily, type Scheme, tokens } from "./tokens";

export type ThemeChoice = "system" | Scheme;
export type Density = "compact" | "comfortable";

interface Appearance {
  choice: ThemeChoice;
  scheme: Scheme;
  density: Density;
  choose: (choice: ThemeChoice) => void;
  setDensity: (density: Density) => void;
}

const AppearanceContext = createContext<Appearance | null>(null);
const media = () => window.matchMedia("(prefers-color-scheme: dark)");
const stored = <T extends string>(key: string, fallback: T): T => (localStorage.getItem(key) as T | null) ?? fallback;

function apply(scheme: Scheme) {
  let style = document.getElementById("tokens");
  if (!style) {
    style = document.createElement("style");
    style.id = "tokens";
    document.head.append(style);
  }
  style.textContent = cssOf(scheme);
  document.documentElement.dataset.scheme = scheme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", tokens[scheme].surface);
}

function antOf(scheme: Scheme, density: Density, language: Language): ThemeConfig {
  const t = tokens[scheme];
  const height = density === "compact" ? 30 : 34;
  return {
    algorithm: scheme === "dark" ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: t["accent-fill"],
      colorLink: t.accent,
      colorSuccess: t["good-fill"],
      colorWarning: t["attention-fill"],
      colorError: t["bad-fill"],
      colorInfo: t["active-fill"],
      colorBgBase: t.surface,
      colorBgContainer: t.surface,
      colorBgElevated: t.raised,
      colorBgLayout: t.page,
      colorText: t.text,
      colorTextSecondary: t["text-2"],
      colorTextTertiary: t["text-3"],
      colorTextPlaceholder: t["text-3"],
      colorBorder: t["line-strong"],
      colorBorderSecondary: t.line,
      borderRadius: 6,
      borderRadiusLG: 10,
      borderRadiusSM: 5,
      controlHeight: height,
      fontSize: 13.5,
      fontFamily: fontFamily[language],
      fontFamilyCode: monoFamily,
      boxShadowSecondary: t["shadow-2"],
      motionDurationMid: "0.14s",
      motionDurationSlow: "0.2s",
      // The library waits for the end of its own motions: it is told, not overruled by a style.
      motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    },
    components: {
      Button: {
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        // As text, too, it must be read.
        colorError: t.bad,
        colorErrorHover: t.bad,
        colorErrorActive: t.bad,
        dangerColor: t.surface,
        fontWeight: 500,
        defaultHoverColor: t.accent,
        defaultActiveColor: t.accent,
      },
      Drawer: { paddingLG: 20 },
      // The accent as text is lighter on dark than as a fill: a fill's colour would be too faint to read.
      Tabs: { itemSelectedColor: t.accent, itemHoverColor: t.accent, itemActiveColor: t.accent, inkBarColor: t.accent },
      Segmented: { itemSelectedBg: t.surface, trackBg: t.sunken },
      Tooltip: { colorBgSpotlight: scheme === "dark" ? "#39424c" : "#27313a", fontSize: 12.5 },
    },
  };
}

/** Ant Design, our tokens and the language, kept in step. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const [choice, setChoice] = useState<ThemeChoice>(() => stored("evenkeel.theme", "system"));
  const [density, setDensityState] = useState<Density>(() => stored("evenkeel.density", "compact"));
  const [systemDark, setSystemDark] = useState(() => media().matches);
  const scheme: Scheme = choice === "system" ? (systemDark ? "dark" : "light") : choice;

  useEffect(() => {
    const query = media();
    const listen = () => setSystemDark(query.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  useMemo(() => apply(scheme), [scheme]);
  useMemo(() => {
    document.documentElement.dataset.density = density;
  }, [density]);

  const appearance = useMemo<Appearance>(
    () => ({
      choice,
      scheme,
      density,
      choose: (next) => {
        localStorage.setItem("evenkeel.theme", next);
        setChoice(next);
      },
      setDensity: (next) => {
        localStorage.setItem("evenkeel.density", next);
        setDensityState(next);
      },
    }),
    [choice, scheme, density],
  );
  const config = useMemo(() => antOf(scheme, density, language), [scheme, density, language]);
  return (
    <AppearanceContext value={appearance}>
      <ConfigProvider theme={config} locale={language === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
        <AntApp component={false} message={{ maxCount: 3, top: 60 }}>
          {children}
        </AntApp>
      </ConfigProvider>
    </AppearanceContext>
  );
}

export function useAppearance(): Appearance {
  const value = useContext(AppearanceContext);
  if (!value) throw new Error("useAppearance outside ThemeProvider");
  return value;
}

// Texts live beside the nouns they belong to: src/<hall>/<noun>/{zh,en}.json, joined here under the noun's name.
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

export type Language = "zh" | "en";
export const LANGUAGES: readonly Language[] = ["zh", "en"];

type Catalogue = Record<string, unknown>;
const FILES = { zh: () => import("./zh"), en: () => import("./en") };
// What the files of a language leave out.
const LATER = import.meta.glob<Catalogue>(
  [
    "../observe/{dashboard,heartbeat,metric,own,probe,rule,slo,target}/{zh,en}.json",
    "../manage/{call,portal,release,survey,voice}/{zh,en}.json",
    "../analyze/{noise,report}/{zh,en}.json",
    "../shell/settings/{zh,en}.json",
  ],
  { import: "default" },
);
const ROOMS = ["observe", "manage", "analyze", "shell"];
let start = () => {};
const started = new Promise<void>((resolve) => {
  start = resolve;
});
/** The nouns among them whose pages were opened. */
const opened = new Set<Later>();
export type Later =
  | "call"
  | "dashboard"
  | "heartbeat"
  | "metric"
  | "noise"
  | "own"
  | "portal"
  | "probe"
  | "release"
  | "report"
  | "rule"
  | "settings"
  | "slo"
  | "survey"
  | "target"
  | "voice";

/** Fetches the texts of a language, once. */
async function fetchTexts(language: Language) {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const texts: Catalogue = {};
    for (const [file, ofNoun] of Object.entries((await FILES[language]()).default)) {
      texts[nounKey(file.split("/").at(-2) ?? "")] = ofNoun;
    }
    i18next.addResourceBundle(language, "translation", texts);
  }
  await Promise.all([...opened].map((noun) => fetchLater(language, noun)));
}

async function fetchLater(language: Language, noun: Later) {
  if (i18next.getResource(language, "translation", noun) !== undefined) return;
  const load = ROOMS.map((room) => LATER[`../${room}/${noun}/${language}.json`]).find((found) => found !== undefined);
  if (!load) throw new Error(`no ${language} texts of ${noun}`);
  const texts = await load();
  i18next.addResourceBundle(language, "translation", { [noun]: texts }, true);
}

/** Fetches texts that only some pages need, before one of those is shown. */
export async function textsOf(nouns: readonly Later[]) {
  for (const noun of nouns) opened.add(noun);
  // The first page is fetched while its language is still being found out.
  await started;
  await Promise.all(nouns.map((noun) => fetchLater(i18next.language === "en" ? "en" : "zh", noun)));
}

/** `on-call` → `onCall`: a noun's folder as the first part of its keys. */
export function nounKey(folder: string): string {
  return folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("evenkeel.language");
  if (asked === "zh" || asked === "en") return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export async function startTexts(language: Language = firstLanguage()) {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    showSupportNotice: false,
    returnNull: false,
  } as Parameters<typeof i18next.init>[0]);
  await fetchTexts(language);
  start();
  applyLanguage(language);
}

function applyLanguage(language: Language) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  dayjs.locale(language === "zh" ? "zh-cn" : "en");
}

export function setLanguage(language: Language) {
  localStorage.setItem("evenkeel.language", language);
  void fetchTexts(language).then(() => {
    applyLanguage(language);
    return i18next.changeLanguage(language);
  });
}

export type Translate = (key: string, values?: Record<string, unknown>) => string;

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "zh";
}

/** Texts and language for a component. */
export function useText(): { t: Translate; language: Language } {
  const { t, i18n } = useTranslation();
  return { t: t as unknown as Translate, language: i18n.language === "en" ? "en" : "zh" };
}

/** The text of a code that a server may have added after this console was built: the code itself when we have no word. */
export function textOf(t: Translate, prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return i18next.exists(key) ? t(key) : code;
}

export type Name = string | { zh: string; en: string };

/** A name in the reader's language. */
export function nameIn(language: Language, name: Name | null | undefined): string {
  if (!name) return "";
  return typeof name === "string" ? name : name[language] || name.zh || name.en;
}

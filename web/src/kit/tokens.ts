// The one source of colour and measure: CSS variables and Ant Design's theme are both made from here,
// so light and dark cannot drift apart.

export type Scheme = "light" | "dark";

const light = {
  page: "#f5f6f7",
  surface: "#ffffff",
  raised: "#ffffff",
  sunken: "#eff1f3",
  hover: "#f2f5f6",
  line: "#e2e6e9",
  "line-strong": "#c9d0d6",
  text: "#1b2228",
  "text-2": "#515c66",
  "text-3": "#5e6974",
  accent: "#0e6b75",
  "accent-strong": "#0a525a",
  "accent-fill": "#0e6b75",
  "accent-soft": "#e2f0f1",
  good: "#1a7544",
  "good-soft": "#e3f3e9",
  "good-fill": "#3aa26b",
  attention: "#97560a",
  "attention-soft": "#fcf0da",
  "attention-fill": "#dd9426",
  bad: "#bb2a37",
  "bad-soft": "#fce9e9",
  "bad-fill": "#d9505a",
  active: "#2860bd",
  "active-soft": "#e7effb",
  "active-fill": "#4d84dc",
  unknown: "#646a80",
  "unknown-soft": "#eeeff4",
  "unknown-fill": "#a9afc2",
  detect: "#8264ad",
  locate: "#4679b8",
  restore: "#2a958d",
  "shadow-1": "0 1px 2px rgb(20 32 40 / 5%)",
  "shadow-2": "0 8px 28px rgb(20 32 40 / 12%), 0 2px 6px rgb(20 32 40 / 6%)",
} as const;

export type Token = keyof typeof light;

const dark: Record<Token, string> = {
  page: "#11151a",
  surface: "#181d23",
  raised: "#1f252c",
  sunken: "#0d1115",
  hover: "#1e242b",
  line: "#2a3139",
  "line-strong": "#424c57",
  text: "#e5e9ed",
  "text-2": "#a8b2bc",
  "text-3": "#8a95a1",
  accent: "#63c3c8",
  "accent-strong": "#8bd9dc",
  "accent-fill": "#1c7a84",
  "accent-soft": "#133036",
  good: "#64c892",
  "good-soft": "#14301f",
  "good-fill": "#3c9f69",
  attention: "#e4ad55",
  "attention-soft": "#352811",
  "attention-fill": "#c98a2b",
  bad: "#f38585",
  "bad-soft": "#3b1b1f",
  "bad-fill": "#d0525b",
  active: "#86aef4",
  "active-soft": "#182945",
  "active-fill": "#4a7fd4",
  unknown: "#9fa6ba",
  "unknown-soft": "#23272f",
  "unknown-fill": "#5f6679",
  detect: "#a488d1",
  locate: "#6b9fdd",
  restore: "#4bb5ac",
  "shadow-1": "0 1px 2px rgb(0 0 0 / 30%)",
  "shadow-2": "0 10px 32px rgb(0 0 0 / 50%), 0 2px 6px rgb(0 0 0 / 35%)",
};

export const tokens: Record<Scheme, Record<Token, string>> = { light, dark };

export const fontFamily = {
  en: '"Inter Variable", -apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  zh: '"Inter Zh", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", -apple-system, BlinkMacSystemFont, "Segoe UI", sans-serif',
};
export const monoFamily =
  'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace';

/** The scheme's tokens as one CSS rule. */
export function cssOf(scheme: Scheme): string {
  const vars = Object.entries(tokens[scheme]).map(([name, value]) => `--${name}:${value}`);
  return `:root{color-scheme:${scheme};${vars.join(";")}}`;
}

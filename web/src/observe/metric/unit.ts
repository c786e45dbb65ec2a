// Values in their units, as people read them. Pure.
import type { Language } from "@/i18n";
import { bytes, number, ratio, span } from "@/kit/format";

export const UNITS = [
  "",
  "short",
  "bytes",
  "bytes_per_second",
  "bits_per_second",
  "seconds",
  "milliseconds",
  "ratio",
  "percent",
  "per_second",
  "timestamp",
] as const;
export type Unit = (typeof UNITS)[number];

export const isUnit = (text: string): text is Unit => (UNITS as readonly string[]).includes(text);
export const isBinary = (unit: string): boolean => unit === "bytes" || unit === "bytes_per_second";

const PREFIXES: [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** With as many digits as tell something: `0.00123`, `1.23`, `12.3`, `1,234`. */
function plain(value: number, decimals: number | undefined, language: Language): string {
  const size = Math.abs(value);
  if (decimals === undefined && size > 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(2);
  const fits = size === 0 || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : Math.ceil(-Math.log10(size)) + 2;
  return decimals === undefined ? number(value, language, fits) : value.toFixed(decimals);
}

function scaled(value: number, decimals: number | undefined, language: Language): string {
  for (const [size, prefix] of PREFIXES) {
    if (Math.abs(value) >= size) {
      const n = value / size;
      return `${decimals === undefined ? number(n, language, Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 1 : 2) : n.toFixed(decimals)}${prefix}`;
    }
  }
  return plain(value, decimals, language);
}

function secs(value: number, language: Language): string {
  const size = Math.abs(value);
  if (size === 0) return language === "zh" ? "0 秒" : "0s";
  if (size < 1e-6) return `${plain(value * 1e9, undefined, language)} ns`;
  if (size < 1e-3) return `${plain(value * 1e6, undefined, language)} µs`;
  if (size < 1) return `${plain(value * 1e3, undefined, language)} ms`;
  return size < 60 ? `${plain(value, undefined, language)} s` : span(value, language);
}

/** A value in its unit; without one a bare number. */
export function inUnit(value: number, unit: string, language: Language, decimals?: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "−Inf";
  switch (unit) {
    case "bytes":
      return bytes(value);
    case "bytes_per_second":
      return `${bytes(value)}/s`;
    case "bits_per_second":
      return `${scaled(value, decimals, language)}bit/s`;
    case "seconds":
      return secs(value, language);
    case "milliseconds":
      return secs(value / 1000, language);
    case "ratio":
      return ratio(value, decimals ?? (Math.abs(value) < 0.1 ? 2 : 1));
    case "percent":
      return ratio(value / 100, decimals ?? (Math.abs(value) < 10 ? 2 : 1));
    case "per_second":
      return `${scaled(value, decimals, language)}/s`;
    case "short":
      return scaled(value, decimals, language);
    case "timestamp":
      return new Date(value * 1000).toISOString().replace("T", " ").slice(0, 19);
    default:
      return plain(value, decimals, language);
  }
}

/** The unit that a metric's name tells, by the conventions of its naming. */
export function unitOfName(query: string): Unit {
  const name = query.match(/[a-zA-Z_:][a-zA-Z0-9_:]*(?=[\s{[)]|$)/g)?.find((word) => word.includes("_")) ?? "";
  const rate = /\b(rate|irate)\s*\(/.test(query);
  if (/[/]/.test(query.replace(/"[^"]*"/g, ""))) return "";
  if (/_bytes(_total)?$/.test(name)) return rate ? "bytes_per_second" : "bytes";
  if (/_timestamp_seconds$/.test(name)) return "timestamp";
  if (/_seconds$/.test(name) && !rate) return "seconds";
  if (/_ratio$/.test(name)) return "ratio";
  return "";
}

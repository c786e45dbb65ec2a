// Numbers and times as people read them. Pure: language and "now" are handed in.
import type { Language } from "@/i18n";

const cache = new Map<string, unknown>();
function cached<T>(key: string, make: () => T): T {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key) as T;
}
const localeOf = (language: Language) => (language === "zh" ? "zh-CN" : "en-GB");

const UNITS = {
  zh: { d: "天", h: "小时", m: "分", s: "秒", ms: "毫秒" },
  en: { d: "d", h: "h", m: "m", s: "s", ms: "ms" },
};

const BRIEF_SECS = 10;

/** A span in at most two units: `2h 5m`, `2小时5分`; under ten seconds with its tenth, under one in milliseconds. */
export function span(secs: number, language: Language): string {
  const unit = UNITS[language];
  const size = Math.abs(secs);
  if (size > 0 && size < BRIEF_SECS && !Number.isInteger(secs)) {
    const [n, u] = size < 1 ? [Math.max(1, Math.round(size * 1000)), unit.ms] : [Number(size.toFixed(1)), unit.s];
    return `${secs < 0 ? "−" : ""}${n}${language === "zh" || u === unit.ms ? " " : ""}${u}`;
  }
  const gap = language === "en" ? " " : "";
  const sign = secs < 0 ? "−" : "";
  const whole = Math.round(Math.abs(secs));
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), unit.d],
    [Math.floor((whole % 86400) / 3600), unit.h],
    [Math.floor((whole % 3600) / 60), unit.m],
    [whole % 60, unit.s],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first === -1) return secs > 0 && secs < 0.5 ? `<1${gap}${unit.s}` : `0${gap === "" ? " " : ""}${unit.s}`;
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return sign + shown.map(([n, u]) => (language === "zh" ? `${n} ${u}` : `${n}${u}`)).join(" ");
}

/** A countdown: `23:45`, `5:23:45`, `6d 04:10`. */
export function countdown(secs: number, language: Language): string {
  const whole = Math.floor(Math.abs(secs));
  const pad = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const sign = secs < 0 ? "−" : "";
  if (hours >= 48) {
    const days = Math.floor(hours / 24);
    return `${sign}${days}${language === "zh" ? " 天 " : "d "}${pad(hours % 24)}:${pad(minutes)}`;
  }
  return hours > 0 ? `${sign}${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${sign}${minutes}:${pad(whole % 60)}`;
}

/** Milliseconds with fitting digits. */
export function millis(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let at = 0;
  let n = value;
  while (Math.abs(n) >= 1024 && at < units.length - 1) {
    n /= 1024;
    at += 1;
  }
  return `${at === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[at]}`;
}

export function number(value: number, language: Language, digits = 0): string {
  return cached(
    `n${language}${digits}`,
    () => new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits }),
  ).format(value);
}

/** A percentage that never rounds something less than whole up to 100. */
export function percent(value: number, digits = 2): string {
  const factor = 10 ** digits;
  const rounded = Math.round(value * factor) / factor;
  const safe = value < 100 && rounded >= 100 ? Math.floor(value * factor) / factor : rounded;
  return `${Number(safe.toFixed(digits))}%`;
}

/** The same with all its digits, for columns. */
export function percentColumn(value: number, digits = 3): string {
  const text = percent(value, digits);
  return value === 100 ? text : `${Number.parseFloat(text).toFixed(digits)}%`;
}

export function ratio(value: number, digits = 2): string {
  return percent(value * 100, digits);
}

const STEPS: [number, Intl.RelativeTimeFormatUnit, number][] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [86400 * 14, "day", 86400],
  [86400 * 60, "week", 86400 * 7],
  [86400 * 730, "month", 86400 * 30.44],
];

/** `3 minutes ago`, `in 2 hours`. */
export function ago(at: number, now: number, language: Language): string {
  const secs = (at - now) / 1000;
  const size = Math.abs(secs);
  if (size < 5) return language === "zh" ? "刚刚" : "just now";
  const format = cached(
    `r${language}`,
    () =>
      new Intl.RelativeTimeFormat(localeOf(language), { numeric: "auto", style: language === "zh" ? "long" : "short" }),
  );
  for (const [limit, unit, per] of STEPS) {
    if (size < limit) return format.format(Math.trunc(secs / per), unit);
  }
  return format.format(Math.trunc(secs / (86400 * 365.25)), "year");
}

/** The instant in the reader's zone, with the zone: `2026-11-22 04:05:06 GMT+8`. */
export function instant(at: number | string, language: Language, zone?: string): string {
  const format = cached(
    `i${language}${zone}`,
    () =>
      new Intl.DateTimeFormat(localeOf(language), {
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
        timeZone: zone,
        timeZoneName: "short",
      }),
  );
  const p = Object.fromEntries(format.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second} ${p.timeZoneName}`;
}

/** Day and minute, for tight places: `11-22 04:05`; with seconds when they matter. */
export function shortInstant(at: number | string, zone?: string, seconds = false): string {
  const format = cached(
    `s${zone}`,
    () =>
      new Intl.DateTimeFormat("en-GB", {
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
        timeZone: zone,
      }),
  );
  const p = Object.fromEntries(format.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
  return `${p.month}-${p.day} ${p.hour}:${p.minute}${seconds ? `:${p.second}` : ""}`;
}

/** `04:05:06`. */
export function timeOfDay(at: number | string, seconds = true): string {
  const d = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${pad(d.getHours())}:${pad(d.getMinutes())}${seconds ? `:${pad(d.getSeconds())}` : ""}`;
}

/** `11月22日 周日`, `Sun 22 Nov`. */
export function day(at: number | string, language: Language, zone?: string): string {
  return cached(
    `d${language}${zone}`,
    () =>
      new Intl.DateTimeFormat(localeOf(language), { month: "short", day: "numeric", weekday: "short", timeZone: zone }),
  ).format(new Date(at));
}

/** `2026-11-22` in the given zone or the reader's. */
export function isoDay(at: number | string, zone?: string): string {
  return cached(
    `y${zone}`,
    () => new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone }),
  ).format(new Date(at));
}

/** Names one after the other. */
export function listed(names: string[], language: Language): string {
  return names.filter(Boolean).join(language === "zh" ? "、" : ", ");
}

/** A figure's value in its unit. */
export function figureValue(value: number, unit: string, language: Language): string {
  switch (unit) {
    case "ratio":
      return percent(value * 100, value > 0.99 ? 3 : 1);
    case "percent":
      return percent(value, value > 99 ? 3 : 1);
    case "secs":
      return span(value, language);
    default:
      return number(value, language, 2);
  }
}

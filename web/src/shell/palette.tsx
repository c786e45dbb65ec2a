// Ctrl/⌘-K: go anywhere, do anything this person may do.
import { useQuery } from "@tanstack/react-query";
import {
  Activity,
  BookText,
  Bug,
  CirclePlus,
  Inbox,
  Languages,
  LogOut,
  type LucideIcon,
  Moon,
  Rocket,
  Search,
  Ship,
  Siren,
  Sun,
  User,
} from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { nameIn, setLanguage, useText } from "@/i18n";
import { Dialog } from "@/kit/dialog";
import { useAppearance } from "@/kit/theme";
import { knowledgeQueries } from "@/manage/knowledge/api";
import { hitNumber, hitPath, titleOf } from "@/manage/knowledge/words";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { probeQueries } from "@/observe/probe/api";
import { path } from "@/path";
import { matches } from "./pinyin";
import { PLACES } from "./places";
import { useVisible } from "./rail";
import { holds, useSession, useSignOut } from "./session";

interface Entry {
  id: string;
  group: "go" | "do" | "found" | "service" | "probe" | "person";
  icon: LucideIcon;
  label: string;
  hint?: string;
  find: string;
  run: () => void;
}
const MOST_PER_GROUP = 6;
const MOST_FOUND = 8;
const FOUND_ICON = { article: BookText, incident: Siren, request: Inbox, problem: Bug, release: Rocket } as const;

export function Palette({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useText();
  return (
    <Dialog
      open={open}
      onCancel={close}
      closable={false}
      width={580}
      className="palette"
      style={{ top: 90 }}
      destroyOnHidden
      // Seen by nobody: the dialog takes its name from it.
      title={t("shell.palette.title")}
      styles={{ header: { display: "none" }, container: { padding: 0, overflow: "hidden" } }}
    >
      <PaletteBody close={close} />
    </Dialog>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const { t, language } = useText();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const session = useSession();
  const visible = useVisible();
  const signOut = useSignOut();
  const appearance = useAppearance();
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const services = useQuery({ ...serviceQueries.all(), enabled: holds(session, "service.read") });
  const probes = useQuery({ ...probeQueries.all(), enabled: holds(session, "probe.read") });
  const people = useQuery({ ...partyQueries.people(), enabled: holds(session, "party.read") });
  const hits = useQuery({
    ...knowledgeQueries.find(typed, undefined, MOST_FOUND),
    enabled: typed.trim() !== "" && holds(session, "knowledge.read"),
  });

  const entries = useMemo<Entry[]>(() => {
    const go = (to: string) => () => navigate(to);
    const all: Entry[] = [];
    for (const place of PLACES.filter(visible)) {
      const label = t(`shell.place.${place.key}`);
      all.push({
        id: place.key,
        group: "go",
        icon: place.icon,
        label,
        find: `${label} ${place.key}`,
        run: go(place.to),
      });
    }
    if (holds(session, "incident.open")) {
      const label = t("shell.palette.declare");
      all.push({
        id: "declare",
        group: "do",
        icon: CirclePlus,
        label,
        find: `${label} declare incident`,
        run: go(`${path.incidents()}?declare=1`),
      });
    }
    const dark = appearance.scheme === "dark";
    const themeLabel = t(dark ? "shell.palette.toLight" : "shell.palette.toDark");
    all.push({
      id: "theme",
      group: "do",
      icon: dark ? Sun : Moon,
      label: themeLabel,
      find: `${themeLabel} theme dark light`,
      run: () => appearance.choose(dark ? "light" : "dark"),
    });
    const languageLabel = language === "zh" ? "Switch to English" : "切换为中文";
    all.push({
      id: "language",
      group: "do",
      icon: Languages,
      label: languageLabel,
      find: `${languageLabel} language 语言`,
      run: () => setLanguage(language === "zh" ? "en" : "zh"),
    });
    const outLabel = t("shell.signOut");
    all.push({
      id: "out",
      group: "do",
      icon: LogOut,
      label: outLabel,
      find: `${outLabel} sign out logout`,
      run: () => void signOut(),
    });
    for (const service of services.data ?? []) {
      const label = nameIn(language, service.display);
      all.push({
        id: service.id,
        group: "service",
        icon: Ship,
        label,
        hint: service.name,
        find: `${nameIn("zh", service.display)} ${nameIn("en", service.display)} ${service.name}`,
        run: go(path.service(service.id)),
      });
    }
    for (const probe of probes.data ?? []) {
      all.push({
        id: probe.id,
        group: "probe",
        icon: Activity,
        label: probe.name,
        hint: probe.target,
        find: `${probe.name} ${probe.target}`,
        run: go(path.probe(probe.id)),
      });
    }
    for (const person of people.data ?? []) {
      const label = nameIn(language, person.display);
      all.push({
        id: person.id,
        group: "person",
        icon: User,
        label,
        hint: person.name,
        find: `${nameIn("zh", person.display)} ${nameIn("en", person.display)} ${person.name}`,
        run: go(path.incidents({ view: "all", assignee: person.id })),
      });
    }
    const wanted = all.filter((entry) =>
      typed.trim() === "" ? entry.group === "go" || entry.group === "do" : matches(entry.find, typed),
    );
    const portal = !holds(session, "problem.read");
    const found: Entry[] = (typed.trim() === "" ? [] : (hits.data?.items ?? [])).map((hit) => ({
      id: hit.id,
      group: "found",
      icon: FOUND_ICON[hit.kind],
      label: titleOf(hit),
      hint: hitNumber(hit),
      find: "",
      run: go(hitPath(hit, portal)),
    }));
    if ((hits.data?.items.length ?? 0) >= MOST_FOUND) {
      const label = t("shell.palette.findAll", { q: typed });
      found.push({ id: "all", group: "found", icon: Search, label, find: "", run: go(path.search({ q: typed })) });
    }
    const groups: Entry["group"][] = ["found", "go", "service", "do", "probe", "person"];
    return groups.flatMap((group) =>
      (group === "found" ? found : wanted.filter((entry) => entry.group === group)).slice(
        0,
        group === "go" && typed === "" ? 99 : group === "found" ? MOST_FOUND + 1 : MOST_PER_GROUP,
      ),
    );
  }, [
    typed,
    t,
    language,
    session,
    services.data,
    probes.data,
    people.data,
    hits.data,
    appearance,
    navigate,
    signOut,
    visible,
  ]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });
  const chosen = Math.min(at, Math.max(0, entries.length - 1));
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  return (
    <div>
      <div className="palette-input">
        <Search size={17} aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: a palette that is opened is typed into
          autoFocus
          value={typed}
          placeholder={t("shell.palette.placeholder")}
          aria-label={t("shell.palette.title")}
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={entries[chosen] ? `${listId}-${chosen}` : undefined}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
              event.preventDefault();
              const step = event.key === "ArrowDown" ? 1 : -1;
              setAt((chosen + step + entries.length) % Math.max(1, entries.length));
            }
            if (event.key === "Enter") run(entries[chosen]);
          }}
        />
      </div>
      <div className="palette-list" ref={list} role="listbox" id={listId} aria-label={t("shell.palette.title")}>
        {entries.map((entry, index) => {
          const Icon = entry.icon;
          const first = entries[index - 1]?.group !== entry.group;
          return (
            <div key={`${entry.group}${entry.id}`}>
              {first && <div className="palette-group">{t(`shell.palette.group.${entry.group}`)}</div>}
              <button
                type="button"
                id={`${listId}-${index}`}
                className="palette-item"
                role="option"
                aria-selected={index === chosen}
                tabIndex={-1}
                onMouseMove={() => setAt(index)}
                onClick={() => run(entry)}
              >
                <Icon size={16} aria-hidden />
                <span className="grow clip">{entry.label}</span>
                {entry.hint && (
                  <span className="faint clip" style={{ maxWidth: 220 }}>
                    {entry.hint}
                  </span>
                )}
              </button>
            </div>
          );
        })}
        {entries.length === 0 && (
          <p className="faint" style={{ padding: "22px 12px", textAlign: "center" }}>
            {t("shell.palette.nothing")}
          </p>
        )}
      </div>
      <div className="palette-foot">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> {t("shell.palette.choose")}
        </span>
        <span>
          <kbd>↵</kbd> {t("shell.palette.open")}
        </span>
        <span className="wide-only">{t("shell.palette.initials")}</span>
      </div>
    </div>
  );
}

// A field for a note in which @ names colleagues: by any part of their name, or by its pinyin initials.
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useId, useState } from "react";
import { useText } from "@/i18n";
import { partyQueries } from "@/manage/party/api";
import { matches } from "@/shell/pinyin";
import { holds, useSession } from "@/shell/session";
import { mentioned, typedName } from "./mentions";

const SHOWN = 6;

/** Colleagues who can be named: of one's own house, and still there. Who may not read a note is refused by the server. */
export function useColleagues() {
  const session = useSession();
  const staff = holds(session, "incident.note_internal") && holds(session, "party.read");
  const people = useQuery({ ...partyQueries.people(), enabled: staff });
  const colleagues = (people.data ?? []).filter((one) => one.active && !one.roles.includes("customer"));
  return { colleagues, namedIn: (text: string) => mentioned(text, colleagues) };
}

export function MentionBox({
  box,
  value,
  change,
  send,
  canned,
  label,
  hint,
}: {
  box: React.RefObject<HTMLTextAreaElement | null>;
  value: string;
  change: (text: string) => void;
  send: () => void;
  /** Opens what is said often; none = there is nothing of the kind here. */
  canned?: (() => void) | undefined;
  label: string;
  hint: string;
}) {
  const { t } = useText();
  const { colleagues } = useColleagues();
  const list = useId();
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const typed = typedName(value, caret);
  const found = typed === null ? [] : colleagues.filter((one) => matches(one.display, typed)).slice(0, SHOWN);
  const here = found[Math.min(at, found.length - 1)];
  const choose = (display: string) => {
    const before = `${value.slice(0, caret - (typed?.length ?? 0))}${display} `;
    change(before + value.slice(caret));
    setCaret(before.length);
    setAt(0);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(before.length, before.length);
    });
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    // At the beginning of a line nobody writes a semicolon.
    const begins = /(^|\n)$/.test(value.slice(0, event.currentTarget.selectionStart));
    if (event.key === ";" && canned && begins) {
      event.preventDefault();
      canned();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    else if (here && step !== 0) {
      event.preventDefault();
      setAt((found.indexOf(here) + step + found.length) % found.length);
    } else if (here && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      choose(here.display);
    } else if (event.key === "Escape") event.currentTarget.blur();
  };
  return (
    <div className="mention-box">
      <Input.TextArea
        ref={(instance) => {
          box.current = instance?.resizableTextArea?.textArea ?? null;
        }}
        autoSize={{ minRows: 2, maxRows: 10 }}
        value={value}
        onChange={(event) => {
          change(event.target.value);
          setCaret(event.target.selectionStart);
          setAt(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={() => setCaret(0)}
        placeholder={hint}
        aria-label={label}
        aria-controls={here ? list : undefined}
        aria-activedescendant={here ? `${list}${here.id}` : undefined}
        onKeyDown={onKeyDown}
      />
      {here && (
        <div className="mention-list" role="listbox" id={list} aria-label={t("desk.named")}>
          {found.map((one) => (
            // The field keeps the focus: a press must not take it away.
            <div
              key={one.id}
              id={`${list}${one.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={one === here}
              onMouseDown={(event) => {
                event.preventDefault();
                choose(one.display);
              }}
            >
              {one.display}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

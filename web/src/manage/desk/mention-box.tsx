// A field for a note in which @ names colleagues: by any part of their name, or by its pinyin initials.
import { useQuery } from "@tanstack/react-query";
import { Mentions } from "antd";
import { useText } from "@/i18n";
import { partyQueries } from "@/manage/party/api";
import { matches } from "@/shell/pinyin";
import { holds, useSession } from "@/shell/session";
import { mentioned } from "./mentions";

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
  label,
  hint,
}: {
  box?: React.RefObject<HTMLTextAreaElement | null>;
  value: string;
  change: (text: string) => void;
  send: () => void;
  label: string;
  hint: string;
}) {
  const { t } = useText();
  const { colleagues } = useColleagues();
  return (
    <Mentions
      ref={(instance) => {
        if (box) box.current = (instance as { textarea?: HTMLTextAreaElement | null } | null)?.textarea ?? null;
      }}
      autoSize={{ minRows: 2, maxRows: 10 }}
      value={value}
      onChange={change}
      placeholder={hint}
      aria-label={label}
      notFoundContent={t("desk.nobodyNamed")}
      filterOption={(typed, option) => matches(String(option.value ?? ""), typed)}
      options={colleagues.map((one) => ({ value: one.display, label: one.display }))}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

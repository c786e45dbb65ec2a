// What came or left by mail with a note: from whom, to whom, its files, what was folded off, and whether ours arrived.
import { Paperclip } from "lucide-react";
import type { ChatMessage, IncidentMail, IncidentMails } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { bytes, listed } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { attachmentUrl, originalUrl } from "./api";
import "./mail.css";

const TONE: Partial<Record<IncidentMail["standing"], Tone>> = { delivered: "good", failed: "bad", queued: "attention" };

export const shownParty = (party: { name: string; address: string }): string =>
  party.name && party.address ? `${party.name} <${party.address}>` : party.address || party.name;

/** The mails of one note. */
export const mailsOf = (mails: IncidentMails | undefined, note: unknown): IncidentMail[] =>
  mails?.mails.filter((mail) => mail.note_id !== null && mail.note_id === note) ?? [];

/** The files of one note that was written in the console. */
export const filesOf = (mails: IncidentMails | undefined, note: unknown) =>
  mails?.files.filter((file) => file.note_id === note) ?? [];

/** Where a note of ours went by chat, and whether it arrived. */
export function ChatsOfNote({ chats }: { chats: ChatMessage[] }) {
  const { t } = useText();
  return chats.map((chat) => (
    <div key={chat.id} className="mail-of-note">
      <span className="sub">{t("mail.chatTo", { chat: chat.chat })}</span>
      {chat.outgoing && (
        <Status
          tone={TONE[chat.standing as IncidentMail["standing"]] ?? "unknown"}
          word={textOf(t, "mail.chatStanding", chat.standing)}
          pill
        />
      )}
      {(chat.error ?? chat.receipt) && <span className="sub">{chat.error ?? chat.receipt}</span>}
    </div>
  ));
}

export function FileLink({ file }: { file: { id: string; name: string; bytes: number } }) {
  return (
    <a className="mail-file" href={attachmentUrl(file.id)} download={file.name}>
      <Paperclip size={12.5} aria-hidden /> {file.name} <span className="faint">{bytes(file.bytes)}</span>
    </a>
  );
}

export function MailsOfNote({ mails, files }: { mails: IncidentMail[]; files: IncidentMails["files"] }) {
  return (
    <>
      {files.length > 0 && (
        <div className="mail-of-note">
          {files.map((file) => (
            <FileLink key={file.id} file={file} />
          ))}
        </div>
      )}
      <Mails mails={mails} />
    </>
  );
}

function Mails({ mails }: { mails: IncidentMail[] }) {
  const { t, language } = useText();
  return mails.map((mail) => (
    <div key={mail.id} className="mail-of-note">
      <span className="sub">
        {mail.outgoing
          ? t("mail.sentTo", { to: shownParty(mail.party) || t("mail.erased") })
          : t("mail.from", { from: shownParty(mail.party) || t("mail.erased") })}
        {!mail.outgoing && mail.recipients.length > 0 && (
          <> · {t("mail.to", { to: listed(mail.recipients.slice(0, 3).map(shownParty), language) })}</>
        )}
        {mail.recipients.length > 3 && <> {t("mail.others", { count: mail.recipients.length - 3 })}</>}
      </span>
      {mail.outgoing && (
        <Status tone={TONE[mail.standing] ?? "unknown"} word={t(`mail.standing.${mail.standing}`)} pill />
      )}
      {mail.error && <span className="sub">{mail.error}</span>}
      {mail.attachments.map((file) => (
        <FileLink key={file.id} file={file} />
      ))}
      {mail.original && (
        <a className="mail-file" href={originalUrl(mail.id)} download>
          {t("mail.original")}
        </a>
      )}
      {mail.folded && (
        <details>
          <summary>{t("mail.folded")}</summary>
          <pre>{mail.folded}</pre>
        </details>
      )}
    </div>
  ));
}

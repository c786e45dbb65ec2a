// Files that go with what is about to be said: chosen, dropped or pasted; given to the server at once, named by the note.
import { App, Button } from "antd";
import { Paperclip, X } from "lucide-react";
import { useRef, useState } from "react";
import { client, read } from "@/api/client";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { bytes } from "@/kit/format";

/** As much as the server takes of one file. */
const BYTES_MAX = 25 * 1024 * 1024;
const FILES_MAX = 20;

export interface Given {
  id: string;
  name: string;
  bytes: number;
}

const give = (incident: string, file: File): Promise<Given> =>
  read(
    client.POST("/api/v1/incidents/{id}/attachments", {
      params: { path: { id: incident }, query: { name: file.name || "file" } },
      headers: { "Content-Type": file.type || "application/octet-stream" },
      body: file as never,
      bodySerializer: (body: unknown) => body as Blob,
    }),
  );

export function useFiles(incident: string) {
  const { t } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [given, setGiven] = useState<Given[]>([]);
  const [busy, setBusy] = useState(0);
  const add = async (files: Iterable<File>) => {
    for (const file of [...files].slice(0, FILES_MAX - given.length)) {
      if (file.size > BYTES_MAX) {
        message.error(t("mail.fileTooLarge", { name: file.name, most: bytes(BYTES_MAX) }), 8);
        continue;
      }
      setBusy((count) => count + 1);
      try {
        const one = await give(incident, file);
        setGiven((all) => [...all, one]);
      } catch (error) {
        message.error(t("mail.fileNotTaken", { name: file.name, why: problemText(error) }), 8);
      } finally {
        setBusy((count) => count - 1);
      }
    }
  };
  return {
    given,
    busy: busy > 0,
    add,
    put: setGiven,
    remove: (id: string) => setGiven((all) => all.filter((one) => one.id !== id)),
  };
}

export function Files({ files }: { files: ReturnType<typeof useFiles> }) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size="small" type="text" loading={files.busy} onClick={() => input.current?.click()}>
        <Paperclip size={13} aria-hidden /> {t("mail.attach")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("mail.attach")}
        onChange={(event) => {
          void files.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      {files.given.map((file) => (
        <span key={file.id} className="mail-file">
          {file.name} <span className="faint">{bytes(file.bytes)}</span>
          <Button
            size="small"
            type="text"
            aria-label={t("mail.removeFile", { name: file.name })}
            icon={<X size={12} aria-hidden />}
            onClick={() => files.remove(file.id)}
          />
        </span>
      ))}
    </>
  );
}

// The address of one's calendar of changes and releases: shown once, and a new one ends the one before.
import { useMutation } from "@tanstack/react-query";
import { App, Button } from "antd";
import { CalendarPlus } from "lucide-react";
import { useState } from "react";
import { client, read } from "@/api/client";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { Dialog } from "@/kit/dialog";

export function CalendarFeed() {
  const { t } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [url, setUrl] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: () => read(client.POST("/api/v1/calendar-feeds")),
    onSuccess: (made) => setUrl(made.url),
    onError: (error) => message.error(problemText(error)),
  });
  return (
    <>
      <Button icon={<CalendarPlus size={15} />} loading={make.isPending} onClick={() => make.mutate()}>
        {t("release.feed")}
      </Button>
      <Dialog open={url !== null} onCancel={() => setUrl(null)} title={t("release.feed")}>
        <p className="muted">{t("release.feedText")}</p>
        <p className="mono" style={{ overflowWrap: "anywhere" }}>
          {url}
        </p>
        {url && <CopyButton text={url} primary />}
      </Dialog>
    </>
  );
}

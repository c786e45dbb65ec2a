import { useMutation } from "@tanstack/react-query";
import { App, Button } from "antd";
import { CalendarPlus } from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { Dialog } from "@/kit/dialog";
import { onCallActs } from "./api";

/** The address of one's own shifts for a calendar program: shown once, and a new one ends the one before. */
export function Feed() {
  const { t } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [url, setUrl] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: () => onCallActs.feed(),
    onSuccess: (made) => setUrl(made.url),
    onError: (error) => message.error(problemText(error)),
  });
  return (
    <>
      <Button icon={<CalendarPlus size={15} />} loading={make.isPending} onClick={() => make.mutate()}>
        {t("onCall.feed")}
      </Button>
      <Dialog open={url !== null} onCancel={() => setUrl(null)} title={t("onCall.feed")}>
        <p className="muted">{t("onCall.feedText")}</p>
        <p className="mono feed-url">{url}</p>
        {url && <CopyButton text={url} primary />}
      </Dialog>
    </>
  );
}

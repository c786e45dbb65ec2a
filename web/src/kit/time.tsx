import { Tooltip } from "antd";
import { useText } from "@/i18n";
import { ago, instant, span } from "./format";
import { useNow } from "./now";

/** `3 minutes ago`, the absolute instant with its zone on hover. */
export function Ago({ at }: { at: string }) {
  const { language } = useText();
  const now = useNow(10);
  return (
    <Tooltip title={instant(at, language)}>
      <time dateTime={at}>{ago(Date.parse(at), now, language)}</time>
    </Tooltip>
  );
}

/** How long it has lasted: `for 12m`. */
export function Lasting({ since }: { since: string }) {
  const { language } = useText();
  const now = useNow(5);
  return (
    <Tooltip title={instant(since, language)}>
      <time dateTime={since}>{span(Math.max(0, Math.floor((now - Date.parse(since)) / 1000)), language)}</time>
    </Tooltip>
  );
}

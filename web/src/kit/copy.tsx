import { App, Button } from "antd";
import { Copy } from "lucide-react";
import { useText } from "@/i18n";

/** Copies a text. Browsers give the clipboard to secure pages alone: elsewhere there is no button, and the text is there. */
export function CopyButton({ text, primary = false }: { text: string; primary?: boolean }) {
  const { t } = useText();
  const { message } = App.useApp();
  if (!navigator.clipboard) return null;
  return (
    <Button
      size={primary ? "middle" : "small"}
      type={primary ? "primary" : "default"}
      icon={<Copy size={primary ? 14 : 12} />}
      onClick={() => void navigator.clipboard.writeText(text).then(() => message.success(t("kit.copied")))}
    >
      {t("kit.copy")}
    </Button>
  );
}

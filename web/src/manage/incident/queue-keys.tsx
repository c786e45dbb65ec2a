import { Modal } from "antd";
import { useText } from "@/i18n";

const KEYS = ["j", "k", "x", "enter", "a", "r", "e", "c", "search", "escape", "palette", "help"] as const;
const CAPS: Record<(typeof KEYS)[number], string> = {
  j: "J",
  k: "K",
  x: "X",
  enter: "↵",
  a: "A",
  r: "R",
  e: "E",
  c: "C",
  search: "/",
  escape: "Esc",
  palette: "Ctrl K",
  help: "?",
};

export function KeysHelp({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useText();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("incident.keys.title")} width={420}>
      <dl className="keys-help">
        {KEYS.map((key) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>
              <kbd>{CAPS[key]}</kbd>
            </dt>
            <dd>{t(`incident.keys.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

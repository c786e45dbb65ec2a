import { Modal } from "antd";
import { useText } from "@/i18n";

const CAPS = {
  j: "J",
  k: "K",
  x: "X",
  enter: "↵",
  i: "I",
  a: "A",
  r: "R",
  h: "H",
  l: "L",
  e: "E",
  g: "G",
  c: "C",
  m: "M",
  search: "/",
  escape: "Esc",
  back: "Esc",
  palette: "Ctrl K",
  macro: ".",
  canned: ";",
  help: "?",
} as const;
type Key = keyof typeof CAPS;

export const QUEUE_KEYS: readonly Key[] = [
  "j",
  "k",
  "enter",
  "x",
  "i",
  "a",
  "r",
  "e",
  "c",
  "search",
  "escape",
  "palette",
  "help",
];
export const DETAIL_KEYS: readonly Key[] = [
  "i",
  "a",
  "r",
  "l",
  "h",
  "e",
  "g",
  "m",
  "macro",
  "canned",
  "back",
  "palette",
  "help",
];

export function KeysHelp({ open, close, keys }: { open: boolean; close: () => void; keys: readonly Key[] }) {
  const { t } = useText();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("incident.keys.title")} width={420}>
      <dl className="keys-help">
        {keys.map((key) => (
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

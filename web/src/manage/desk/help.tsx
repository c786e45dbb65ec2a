import { Button, Tooltip } from "antd";
import { Keyboard } from "lucide-react";
import { useText } from "@/i18n";
import { Dialog } from "@/kit/dialog";
import { type Does, KEYS, shownOf, type Where } from "./keys";

/** The key on a button that does the same; read by nobody, the button's own words say what it does. */
export function KeyHint({ does }: { does: Does }) {
  return (
    <span className="key-hint wide-only" aria-hidden="true">
      <kbd>{shownOf(does)}</kbd>
    </span>
  );
}

/** Shows every key of a page. */
export function KeysButton({ show }: { show: () => void }) {
  const { t } = useText();
  return (
    <Tooltip title={t("desk.keys.title")}>
      <Button className="wide-only" icon={<Keyboard size={15} />} aria-label={t("desk.keys.title")} onClick={show} />
    </Tooltip>
  );
}

/** Every key of a page. */
export function KeysHelp({ open, close, where }: { open: boolean; close: () => void; where: Where }) {
  const { t } = useText();
  const rows = KEYS.filter((each) => (each.in as readonly Where[]).includes(where));
  return (
    <Dialog open={open} onCancel={close} title={t("desk.keys.title")} width={460}>
      <dl className="keys-help">
        {rows.map((each) => (
          <div key={each.does} style={{ display: "contents" }}>
            <dt>
              <kbd>{each.shown}</kbd>
            </dt>
            <dd>{t(`desk.keys.${each.does}`)}</dd>
          </div>
        ))}
        <dt>
          <kbd>Ctrl ↵</kbd>
        </dt>
        <dd>{t("desk.keys.send")}</dd>
        <dt>
          <kbd>Ctrl K</kbd>
        </dt>
        <dd>{t("desk.keys.palette")}</dd>
      </dl>
    </Dialog>
  );
}

// A dialog over the page. Whoever works by keyboard goes on in its first field, not at the button that closes it.
import { Modal, type ModalProps } from "antd";

function focusFirst(open: boolean) {
  if (!open) return;
  const bodies = [...document.querySelectorAll<HTMLElement>(".ant-modal-wrap")].filter(
    (each) => each.style.display !== "none",
  );
  const body = bodies.at(-1)?.querySelector<HTMLElement>(".ant-modal-body");
  if (!body || body.contains(document.activeElement)) return;
  body
    .querySelector<HTMLElement>("input:not([type=hidden],[disabled]),textarea:not([disabled]),select:not([disabled])")
    ?.focus();
}

/** Its content has buttons of its own, unless it says what OK does. */
export function Dialog(props: ModalProps) {
  return <Modal {...(!props.onOk && { footer: null })} afterOpenChange={focusFirst} {...props} />;
}

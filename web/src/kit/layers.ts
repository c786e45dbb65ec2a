// What lies over the page, uppermost last. Escape closes one layer a press: a drawer that is already leaving is no layer any
// more, so the next press reaches the one beneath at once.
import { useEffect, useRef } from "react";

const layers: { close: () => void }[] = [];

/** Menus, pickers and dialogs close themselves by Escape. */
const POPUPS =
  ".ant-select-dropdown:not(.ant-select-dropdown-hidden),.ant-dropdown:not(.ant-dropdown-hidden)," +
  ".ant-picker-dropdown:not(.ant-picker-dropdown-hidden),.ant-popover:not(.ant-popover-hidden)";
const DIALOG = ".ant-modal-wrap";

const seen = (selector: string) =>
  [...document.querySelectorAll<HTMLElement>(selector)].some((each) => each.style.display !== "none");

/** Whether something lies over the page: its keys are not meant for the page then. */
export const covered = () => layers.length > 0 || seen(`${DIALOG},${POPUPS}`);

function onKey(event: KeyboardEvent) {
  const top = layers.at(-1);
  if (event.key !== "Escape" || event.isComposing || !top || seen(`${DIALOG},${POPUPS}`)) return;
  event.preventDefault();
  // Nobody else, such as the page beneath, hears of it.
  event.stopImmediatePropagation();
  top.close();
}

/** While `open`, Escape calls `close` when nothing lies above. */
export function useLayer(open: boolean, close: () => void) {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open) return;
    const layer = { close: () => latest.current() };
    if (layers.length === 0) window.addEventListener("keydown", onKey, true);
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener("keydown", onKey, true);
    };
  }, [open]);
}

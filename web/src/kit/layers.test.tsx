// @vitest-environment happy-dom
import { act, useState } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it } from "vitest";
import { covered, useLayer } from "./layers";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
const open = { lower: true, upper: true };
let pageHeard = 0;
const hear = () => {
  pageHeard += 1;
};

function Layers() {
  const [, again] = useState(0);
  const close = (which: keyof typeof open) => () => {
    open[which] = false;
    again((n) => n + 1);
  };
  useLayer(open.lower, close("lower"));
  useLayer(open.upper, close("upper"));
  return null;
}
const pressEscape = () =>
  act(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true })));
afterEach(() => window.removeEventListener("keydown", hear));

it("Escape closes one layer a press, the uppermost first, and the page hears only what is left over", () => {
  window.addEventListener("keydown", hear);
  act(() => createRoot(document.createElement("div")).render(<Layers />));
  expect(covered()).toBe(true);
  pressEscape();
  expect(open).toEqual({ lower: true, upper: false });
  pressEscape();
  expect(open).toEqual({ lower: false, upper: false });
  expect(pageHeard).toBe(0);
  expect(covered()).toBe(false);
  pressEscape();
  expect(pageHeard).toBe(1);
});

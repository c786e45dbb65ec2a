import { Drawer as AntDrawer } from "antd";
import type { ReactNode } from "react";
import { useLayer } from "./layers";

/** A drawer from the right. The library's lets Escape fall on one that is already leaving: ours goes to the uppermost open. */
export function Drawer({
  open,
  close,
  size,
  title,
  children,
}: {
  open: boolean;
  close: () => void;
  /** Width in pixels. */
  size: number;
  title: ReactNode;
  children: ReactNode;
}) {
  useLayer(open, close);
  return (
    <AntDrawer open={open} onClose={close} keyboard={false} size={size} destroyOnHidden title={title}>
      {children}
    </AntDrawer>
  );
}

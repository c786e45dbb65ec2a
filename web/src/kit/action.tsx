import { Button, type ButtonProps, Tooltip } from "antd";
import type { ReactNode } from "react";

/** A button that says why it cannot be pressed. `reason` null = it can. */
export function ActionButton({
  reason,
  children,
  tip,
  ...rest
}: ButtonProps & { reason?: string | null; tip?: ReactNode }) {
  const button = (
    <Button {...rest} disabled={Boolean(reason) || rest.disabled} aria-description={reason ?? undefined}>
      {children}
    </Button>
  );
  const title = reason ?? tip;
  if (!title) return button;
  // A disabled button swallows pointer events: the reason hangs on a wrapper that can also be reached by keyboard.
  return (
    <Tooltip title={title}>
      {reason ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable without a pointer
        <span style={{ display: "inline-flex", cursor: "not-allowed" }} tabIndex={0} role="note" aria-label={reason}>
          {button}
        </span>
      ) : (
        button
      )}
    </Tooltip>
  );
}

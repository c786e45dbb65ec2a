// The dialog of a call comes with its texts when it is first opened: no other page needs either.
import { lazy, Suspense } from "react";
import { textsOf } from "@/i18n";

const Dialog = lazy(() => Promise.all([import("./dialog"), textsOf(["call"])]).then(([part]) => part));

export function CallDialog({ open, close }: { open: boolean; close: () => void }) {
  return open ? (
    <Suspense>
      <Dialog close={close} />
    </Suspense>
  ) : null;
}

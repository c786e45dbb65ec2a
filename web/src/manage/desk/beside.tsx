// What staff keep beside a ticket: what is to be done, how long it took.
import { useImperativeHandle, useRef } from "react";
import type { TicketKind } from "./api";
import { Checklist, type ChecklistHandle } from "./checklist";
import { type TimeHandle, TimePanel } from "./time-panel";
import { useWatch } from "./watchers";

export interface BesideHandle {
  time: () => void;
  checklist: () => void;
  watch: () => void;
}

export function Beside({ kind, id, ref }: { kind: TicketKind; id: string; ref?: React.Ref<BesideHandle> }) {
  const time = useRef<TimeHandle>(null);
  const checklist = useRef<ChecklistHandle>(null);
  const { toggle } = useWatch(kind, id);
  useImperativeHandle(ref, () => ({
    time: () => time.current?.press(),
    checklist: () => checklist.current?.focus(),
    watch: toggle,
  }));
  return (
    <>
      {kind === "incident" && <Checklist id={id} ref={checklist} />}
      <TimePanel kind={kind} id={id} ref={time} />
    </>
  );
}

// What the forms of a board and of a panel are made of.
import { Button } from "antd";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Name } from "@/i18n";

/** A word in the reader's language; the other language's stays as it was. */
export function renamed(language: "zh" | "en", before: Name | undefined, text: string): Name {
  return typeof before === "object" ? { ...before, [language]: text } : text;
}

export function AddRow({ children, add }: { children: ReactNode; add: () => void }) {
  return (
    <Button type="text" size="small" icon={<Plus size={14} aria-hidden />} onClick={add}>
      {children}
    </Button>
  );
}

export function RemoveRow({ label, remove }: { label: string; remove: () => void }) {
  return <Button type="text" size="small" aria-label={label} icon={<X size={14} aria-hidden />} onClick={remove} />;
}

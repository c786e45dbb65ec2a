import { useText } from "@/i18n";

/** Entries of the ledger by their numbers, each opening to what it says. */
export function EventLinks({ seqs, open }: { seqs: readonly number[]; open: (seq: number) => void }) {
  const { t } = useText();
  return seqs.map((seq) => (
    <button
      key={seq}
      type="button"
      className="link-button"
      onClick={() => open(seq)}
      aria-label={`#${seq} ${t("figure.event.open")}`}
    >
      #{seq}
    </button>
  ));
}

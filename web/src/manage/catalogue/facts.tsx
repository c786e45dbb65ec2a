// What an item costs, how long it takes, how others found it.
import { Star } from "lucide-react";
import type { CatalogueItem, CataloguePrice } from "@/api/types";
import { useText } from "@/i18n";
import { number, span } from "@/kit/format";
import { money } from "./shown";

export function PriceOf({ price }: { price: CataloguePrice | null }) {
  const { t, language } = useText();
  if (!price) return <>{t("catalogue.free")}</>;
  const amount = money(price.amount_minor, price.currency, language);
  return <>{price.per ? t("catalogue.each", { amount }) : amount}</>;
}

export function Facts({ item }: { item: CatalogueItem }) {
  const { t, language } = useText();
  return (
    <div className="row-wrap muted catalogue-facts">
      <span className="num">
        <PriceOf price={item.price} />
      </span>
      {item.expected_secs !== null && (
        <span>{t("catalogue.expected", { span: span(item.expected_secs, language) })}</span>
      )}
      {item.needs_approval && <span>{t("catalogue.needsApproval")}</span>}
      {item.rating && (
        <span className="row" style={{ gap: 3 }}>
          <Star size={13} aria-hidden />
          {t("catalogue.rating", { mean: number(item.rating.mean, language, 1), n: item.rating.n })}
        </span>
      )}
    </div>
  );
}

// What caused an incident, when that is known: a word of the vocabulary.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { nameIn, useText } from "@/i18n";
import { matches } from "@/shell/pinyin";
import { reviewQueries } from "./api";

export function CauseField({ value, choose }: { value: string | undefined; choose: (cause?: string) => void }) {
  const { t, language } = useText();
  const causes = useQuery(reviewQueries.causes());
  return (
    <div className="field">
      <span className="label">{t("review.cause")}</span>
      <Select
        allowClear
        showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
        style={{ width: "100%" }}
        aria-label={t("review.cause")}
        placeholder={t("review.causeHint")}
        value={value}
        onChange={choose}
        options={(causes.data?.causes ?? []).map((cause) => ({
          value: cause.name,
          label: nameIn(language, cause.display),
        }))}
      />
    </div>
  );
}

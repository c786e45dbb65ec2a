// One field of a form, as it is filled in.
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, InputNumber, Radio, Select } from "antd";
import { useDeferredValue, useState } from "react";
import type { CatalogueField } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { requestQueries } from "../request/api";

const FEW = 5;

interface Props {
  field: CatalogueField;
  value: unknown;
  set: (value: unknown) => void;
  /** What is wrong with the answer. */
  wrong: string | null;
}

export function FormField({ field, value, set, wrong }: Props) {
  const { t, language } = useText();
  const id = `field-${field.key}`;
  const label = nameIn(language, field.label);
  const grouped = field.type === "yes_no" || field.type === "choice";
  const shown = (
    <>
      {label}
      {!field.required && <span className="faint"> · {t("catalogue.optional")}</span>}
    </>
  );
  const body = (
    <>
      <Control id={id} field={field} value={value} set={set} label={label} />
      {field.hint && <p className="help">{nameIn(language, field.hint)}</p>}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </>
  );
  // A set of choices is a group with a name; everything else is one control with a label.
  return grouped ? (
    <fieldset className="field catalogue-choices">
      <legend className="label">{shown}</legend>
      {body}
    </fieldset>
  ) : (
    <div className="field">
      <label htmlFor={id}>{shown}</label>
      {body}
    </div>
  );
}

function Control({
  id,
  field,
  value,
  set,
  label,
}: {
  id: string;
  field: CatalogueField;
  value: unknown;
  set: (value: unknown) => void;
  label: string;
}) {
  const { t, language } = useText();
  const text = typeof value === "string" ? value : "";
  switch (field.type) {
    case "text":
      return (
        <Input id={id} value={text} maxLength={field.max_chars ?? 200} onChange={(event) => set(event.target.value)} />
      );
    case "long_text":
      return (
        <Input.TextArea
          id={id}
          value={text}
          autoSize={{ minRows: 3 }}
          maxLength={field.max_chars ?? 4000}
          onChange={(event) => set(event.target.value)}
        />
      );
    case "number":
      return (
        <InputNumber
          id={id}
          style={{ width: "100%" }}
          min={field.min ?? undefined}
          max={field.max ?? undefined}
          precision={field.whole ? 0 : undefined}
          value={typeof value === "number" ? value : null}
          onChange={(number) => set(number)}
        />
      );
    case "date":
      return (
        <Input
          id={id}
          type="date"
          min={field.from ?? undefined}
          max={field.to ?? undefined}
          value={text}
          onChange={(event) => set(event.target.value)}
        />
      );
    case "yes_no":
      return (
        <Radio.Group value={value} onChange={(event) => set(event.target.value)}>
          <Radio value={true}>{t("catalogue.yes")}</Radio>
          <Radio value={false}>{t("catalogue.no")}</Radio>
        </Radio.Group>
      );
    case "choice": {
      const options = field.options.map((option) => ({ value: option.key, label: nameIn(language, option.label) }));
      if (field.several && options.length <= FEW)
        return <Checkbox.Group options={options} value={(value as string[]) ?? []} onChange={set} />;
      if (field.several)
        return (
          <Select
            mode="multiple"
            aria-label={label}
            options={options}
            value={(value as string[]) ?? []}
            onChange={set}
          />
        );
      if (options.length <= FEW)
        return <Radio.Group options={options} value={value} onChange={(event) => set(event.target.value)} />;
      return (
        <Select
          aria-label={label}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          value={text || null}
          onChange={set}
        />
      );
    }
    case "person":
      return <PersonField id={id} value={text} set={set} />;
  }
}

/** A colleague, found by name. */
export function PersonField({ id, value, set }: { id: string; value: string; set: (value: unknown) => void }) {
  const [q, setQ] = useState("");
  const people = useQuery(requestQueries.colleagues(useDeferredValue(q)));
  return (
    <Select
      id={id}
      allowClear
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={people.isFetching}
      value={value || null}
      onChange={(person) => set(person ?? null)}
      options={(people.data ?? []).map((person) => ({ value: person.id, label: person.display }))}
    />
  );
}

// Where a field is filled in, by what it may say.
import { useQuery } from "@tanstack/react-query";
import { DatePicker, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import type { components } from "@/api/schema";
import { nameIn, useText } from "@/i18n";
import { partyQueries } from "../party/api";

type Field = components["schemas"]["FieldOfTicket"];

export function FieldInput({
  field,
  label,
  value,
  set,
}: {
  field: Pick<Field, "answer"> & { hint?: Field["hint"] | null };
  label: string;
  value: unknown;
  set: (value: unknown) => void;
}) {
  const { language } = useText();
  const { answer } = field;
  const people = useQuery({ ...partyQueries.people(), enabled: answer.type === "person" });
  const hint = nameIn(language, field.hint);
  switch (answer.type) {
    case "long_text":
      return (
        <Input.TextArea
          aria-label={label}
          placeholder={hint}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={(value as string | null) ?? ""}
          onChange={(event) => set(event.target.value)}
        />
      );
    case "number":
      return (
        <InputNumber
          aria-label={label}
          placeholder={hint}
          value={value as number | null}
          onChange={set}
          style={{ width: "100%" }}
        />
      );
    case "choice":
      return (
        <Select
          allowClear
          mode={answer.several ? "multiple" : undefined}
          aria-label={label}
          placeholder={hint}
          value={(value ?? undefined) as string | string[] | undefined}
          onChange={set}
          style={{ width: "100%" }}
          options={answer.options.map((each) => ({ value: each.key, label: nameIn(language, each.label) }))}
        />
      );
    case "yes_no":
      return <Switch aria-label={label} checked={value === true} onChange={set} />;
    case "date":
      return (
        <DatePicker
          aria-label={label}
          style={{ width: "100%" }}
          value={typeof value === "string" ? dayjs(value) : null}
          onChange={(date) => set(date ? date.format("YYYY-MM-DD") : null)}
        />
      );
    case "person":
      return (
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={label}
          placeholder={hint}
          value={(value ?? undefined) as string | undefined}
          onChange={set}
          style={{ width: "100%" }}
          options={(people.data ?? []).map((each) => ({ value: each.id, label: each.display }))}
        />
      );
    default:
      return (
        <Input
          aria-label={label}
          placeholder={hint}
          value={(value as string | null) ?? ""}
          onChange={(event) => set(event.target.value)}
        />
      );
  }
}

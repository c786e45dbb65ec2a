// A figure that opens to the rows it counts.
import { Button } from "antd";
import { Fragment, type ReactNode, useState } from "react";
import { useText } from "@/i18n";

export function Figure<R extends { id: string }>({
  name,
  value,
  of,
  link,
}: {
  name: string;
  value: string;
  of: R[];
  link: (row: R) => ReactNode;
}) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <tr>
      <td>
        {name}
        {open && (
          <p className="row-wrap">
            {of.map((row) => (
              <Fragment key={row.id}>{link(row)}</Fragment>
            ))}
          </p>
        )}
      </td>
      <td className="num">
        <Button
          type="link"
          size="small"
          aria-expanded={open}
          disabled={of.length === 0}
          title={t("change.statistics.open")}
          onClick={() => setOpen(!open)}
        >
          {value}
        </Button>
      </td>
    </tr>
  );
}

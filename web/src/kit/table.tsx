import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { useChanged } from "@/api/stream";

export interface Column<R> {
  key: string;
  head: ReactNode;
  cell: (row: R) => ReactNode;
  num?: boolean;
  width?: number | string;
  wideOnly?: boolean;
}

/** A plain table for lists of moderate size; a row goes somewhere when `to` says where. */
export function Table<R extends { id: string }>({
  columns,
  rows,
  to,
  label,
  onRow,
}: {
  columns: Column<R>[];
  rows: R[];
  to?: (row: R) => string;
  label: string;
  onRow?: (row: R) => void;
}) {
  const navigate = useNavigate();
  const changed = useChanged();
  return (
    <div className="table-wrap">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`${column.num ? "num" : ""}${column.wideOnly ? " wide-only" : ""}`}
                style={{ width: column.width }}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.id}
              className={`${to || onRow ? "link" : ""}${changed(row.id) ? " changed" : ""}`}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest("a,button,input,label")) return;
                if (to) navigate(to(row));
                else onRow?.(row);
              }}
            >
              {columns.map((column) => (
                <td key={column.key} className={`${column.num ? "num" : ""}${column.wideOnly ? " wide-only" : ""}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// A ticket in the queue one came from, where that is all that the keys do.
import { useNavigate } from "react-router";
import { path } from "@/path";
import { useKeys } from "./keys";
import { beside, lineNow, pathOf } from "./line";
import { Neighbours } from "./neighbours";
import "./desk.css";

export function InLine({ id }: { id: string }) {
  const navigate = useNavigate();
  const line = lineNow();
  const { before, after } = beside(line, id);
  const here = line?.stops.some((stop) => stop.id === id);
  useKeys("ticket", {
    ...(before && { previousTicket: () => navigate(pathOf(before)) }),
    ...(after && { nextTicket: () => navigate(pathOf(after)) }),
    ...(here && { back: () => navigate(line?.back ?? path.desk()) }),
  });
  return <Neighbours before={before} after={after} />;
}

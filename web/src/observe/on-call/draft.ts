// A rota as it is edited. Pure.
import type { LayerDraft, OnCall, RotaDraft } from "@/api/types";

export function draftOf(row: OnCall): RotaDraft {
  const { rota } = row;
  return {
    zone: rota.zone,
    holidays: rota.holidays,
    ack_limit_secs: rota.ack_limit_secs,
    rounds: rota.rounds,
    layers: rota.layers.map((layer) => ({
      name: layer.name,
      zone: layer.zone,
      every: layer.every,
      handover: layer.handover,
      members: layer.members.map((member) => member.id),
      starts_on: layer.starts_on,
      hours: layer.hours,
      holidays: layer.holidays,
    })),
  };
}

export const newLayer = (): LayerDraft => ({
  name: "",
  zone: null,
  every: "week",
  handover: "monday 09:00",
  members: [],
  starts_on: null,
  hours: [],
  holidays: "count",
});

/** The layer with another length of turn: a week hands over on a day at a time, anything else at a time alone. */
export function withEvery(layer: LayerDraft, every: string): LayerDraft {
  const time = layer.handover.split(" ").at(-1) ?? "09:00";
  const day = layer.handover.includes(" ") ? layer.handover.split(" ")[0] : "monday";
  return { ...layer, every, handover: every.includes("week") ? `${day} ${time}` : time };
}

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { client, read } from "@/api/client";
import type { Incident, Major, MajorDeclareRequest, MajorRole, MajorStep } from "@/api/types";
import { useProblemText } from "@/kit/answer";

/** What somebody asks of a major incident. */
export type Asked =
  | { act: "propose"; text: string }
  | ({ act: "declare" } & MajorDeclareRequest)
  | { act: "step"; step: MajorStep; text?: string }
  | { act: "role"; role: MajorRole; person_id: string }
  | { act: "join" }
  | { act: "leave" }
  | { act: "update"; visibility: "public" | "internal"; text: string };

export const majorQuery = (id: string) =>
  queryOptions({
    queryKey: ["incident", "major", id],
    queryFn: () => read(client.GET("/api/v1/incidents/{id}/major", { params: { path: { id } } })),
    refetchInterval: 15_000,
  });

/** Asks it; whoever acts on what they have not seen is told. */
export function useMajor(incident: Pick<Incident, "id" | "version">, version: number | undefined) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: ({ act, ...body }: Asked): Promise<Major> => {
      const at = `/api/v1/incidents/{id}/major/${act}` as const;
      // To be somewhere, and to say something, adds and cannot clash.
      const adds = act === "join" || act === "leave" || act === "update";
      const headers = adds ? {} : { "If-Match": `"${Math.max(incident.version, version ?? 0)}"` };
      // One call for all: `Asked` has made sure already that each act comes with its own body.
      const post = client.POST as (at: string, asked: object) => Promise<{ data?: Major; response: Response }>;
      return read(post(at, { params: { path: { id: incident.id } }, headers, body }));
    },
    onSuccess: (major) => queries.setQueryData(majorQuery(incident.id).queryKey, major),
    onError: (error) => message.error(problemText(error), 8),
    onSettled: () => queries.invalidateQueries({ queryKey: ["incident"] }),
  });
}

// Doing something with a request: whatever shows it is asked again.
import { useMutation, useQueryClient } from "@tanstack/react-query";

export function useAct<A extends unknown[]>(act: (...args: A) => Promise<unknown>, done?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (args: A) => act(...args),
    onSuccess: done,
    // Also after a refusal: what is shown is then older than what is.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["request"] });
      void queries.invalidateQueries({ queryKey: ["catalogue"] });
    },
  });
}

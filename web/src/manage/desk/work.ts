// The work on a request by one key: take the first open task, finish the one that is mine.
import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import type { RequestDetail } from "@/api/types";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { requestActs, requestQueries } from "@/manage/request/api";
import { useSession } from "@/shell/session";

type Task = RequestDetail["tasks"][number];

/** The task to take: the first that nobody is at. Pure. */
export const toTake = (tasks: Task[]): Task | undefined => tasks.find((task) => task.state === "open");
/** The task to finish: mine, else the first that can be finished. Pure. */
export function toFinish(tasks: Task[], me: string | undefined): Task | undefined {
  const byHand = tasks.filter((task) => !(task.automated && task.state === "in_progress" && !task.person));
  return (
    byHand.find((task) => task.state === "in_progress" && task.person?.id === me) ??
    byHand.find((task) => task.state === "open" || task.state === "failed")
  );
}

export function useWork() {
  const { t } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const me = useSession()?.person.id;
  const act = async (
    id: string,
    pick: (tasks: Task[]) => Task | undefined,
    doing: (task: string) => Promise<unknown>,
    word: "desk.taken" | "desk.finished",
  ): Promise<boolean> => {
    try {
      const request = await queries.fetchQuery({ ...requestQueries.one(id), staleTime: 0 });
      const task = pick(request.tasks);
      if (!task) {
        message.info(t("desk.noTask"));
        return false;
      }
      await doing(task.id);
      message.success(t(word, { number: request.number }), 4);
      return true;
    } catch (error) {
      message.error(problemText(error), 8);
      return false;
    } finally {
      for (const family of ["request", "desk"]) void queries.invalidateQueries({ queryKey: [family] });
    }
  };
  return {
    take: (id: string) => act(id, toTake, requestActs.start, "desk.taken"),
    finish: (id: string) => act(id, (tasks) => toFinish(tasks, me), requestActs.complete, "desk.finished"),
  };
}

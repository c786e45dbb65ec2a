import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { SurveyAnswerBody } from "@/api/types";

/** What a figure is of: a period, and whose. */
export interface Of {
  from: string;
  to: string;
  service?: string;
  organisation?: string;
  team?: string;
}

export const surveyQueries = {
  all: () => queryOptions({ queryKey: ["survey", "all"], queryFn: () => read(client.GET("/api/v1/surveys")) }),
  results: (id: string, query: Of) =>
    queryOptions({
      queryKey: ["survey", "results", id, query],
      queryFn: () => read(client.GET("/api/v1/surveys/{id}/results", { params: { path: { id }, query } })),
      placeholderData: keepPreviousData,
    }),
  answers: (id: string, query: Of & { state?: string; score?: number }) =>
    queryOptions({
      queryKey: ["survey", "answers", id, query],
      queryFn: () =>
        read(client.GET("/api/v1/surveys/{id}/answers", { params: { path: { id }, query: { ...query, limit: 200 } } })),
    }),
  mine: () => queryOptions({ queryKey: ["survey", "mine"], queryFn: () => read(client.GET("/api/v1/survey-asks")) }),
  link: (token: string) =>
    queryOptions({
      queryKey: ["survey", "link", token],
      enabled: token !== "",
      retry: false,
      queryFn: () => read(client.GET("/api/v1/survey-asks/link", { params: { query: { token } } })),
    }),
};

export const surveyActs = {
  answer: (id: string, body: SurveyAnswerBody) =>
    read(client.POST("/api/v1/survey-asks/{id}/answer", { params: { path: { id } }, body })),
  decline: (id: string) => read(client.POST("/api/v1/survey-asks/{id}/decline", { params: { path: { id } } })),
  byLink: (token: string, answer: SurveyAnswerBody | null) =>
    read(client.POST("/api/v1/survey-asks/link", { body: { token, answer } })),
};

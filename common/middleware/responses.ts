import type { APIGatewayProxyResult } from "aws-lambda";
import { type Answer, RawJson, RawText } from "#common/http/answers.ts";
import type { HttpRequest } from "#common/http/request.ts";
import { note } from "#common/telemetry/line.ts";
import type { HttpEvent } from "./http-event.ts";
import type { Middleware } from "./middleware.ts";

const bodyOf = (body: unknown): string =>
  body === undefined
    ? ""
    : body instanceof RawJson || body instanceof RawText
      ? body.text
      : JSON.stringify(body);

const toResult = (answer: Answer, { requestId, transactionId }: HttpRequest): APIGatewayProxyResult => ({
  statusCode: answer.status,
  headers: {
    "cache-control": "no-store",
    ...(answer.body === undefined ? {} : { "content-type": "application/json" }),
    ...answer.headers,
    "x-request-id": requestId,
    "x-transaction-id": transactionId,
  },
  body: bodyOf(answer.body),
});

/** Makes API Gateway's form of what the action answered, or of the problem that stands in its place. */
export const responses = (): Middleware<HttpEvent> => {
  const respond = (request: { event: HttpEvent; response: unknown }): void => {
    if (request.response === undefined) return;
    const { status } = request.response as Answer;
    request.response = toResult(request.response as Answer, request.event.exchange.request);
    note({ status });
  };
  return { after: respond, onError: respond };
};

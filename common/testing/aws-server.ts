import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One call as it came: the operation (`SendMessage`), and its input (form fields for SNS). */
export type AwsCall = {
  operation: string;
  input: Record<string, unknown>;
  headers: IncomingHttpHeaders;
};

/** Thrown by an answer: what AWS answers instead. */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly fields: Record<string, unknown>;
  constructor(name: string, message = "refused", status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.fields = fields;
  }
}

/** An answer by operation; text is sent as it is (XML). An operation without one is refused. */
export type AwsAnswers = Record<
  string,
  (input: Record<string, unknown>, call: AwsCall) => object | string | Promise<object | string>
>;

const callOf = async (request: IncomingMessage): Promise<AwsCall> => {
  const body = await text(request);
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    return { operation: target.split(".").at(-1) ?? "", input: JSON.parse(body), headers: request.headers };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  // S3 says what it wants by method and path; of its calls only this one is answered here.
  const operation = form.Action ?? (request.method === "HEAD" ? "HeadBucket" : "");
  return { operation, input: form, headers: request.headers };
};

/** An AWS endpoint for the real SDK clients: it speaks JSON 1.0 and 1.1, and takes SNS's forms. */
export const startAwsServer = async () => {
  const state: { answers: AwsAnswers; calls: AwsCall[] } = { answers: {}, calls: [] };
  const server = createServer(async (request, response) => {
    const call = await callOf(request);
    state.calls.push(call);
    const type = call.headers["content-type"] ?? "application/x-amz-json-1.0";
    try {
      const answer = state.answers[call.operation];
      if (!answer) throw new AwsRefusal("UnknownOperationException", `no answer for ${call.operation}`);
      const given = await answer(call.input, call);
      const isText = typeof given === "string";
      response.writeHead(200, { "content-type": isText ? "text/xml" : type, "x-amzn-requestid": "aws-1" });
      response.end(isText ? given : JSON.stringify(given));
    } catch (error) {
      const { name, message, status, fields } =
        error instanceof AwsRefusal ? error : new AwsRefusal("InternalServerError", String(error), 500);
      response.writeHead(status, { "content-type": type, "x-amzn-requestid": "aws-1" });
      response.end(JSON.stringify({ __type: `com.amazonaws#${name}`, message, ...fields }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls: state.calls,
    callsOf: (operation: string) => state.calls.filter((call) => call.operation === operation),
    /** Forgets the calls so far and answers with these from now on. */
    answerWith: (answers: AwsAnswers) => {
      state.calls.length = 0;
      state.answers = answers;
    },
    /** What the SDK and the shared logger and metrics need in the environment. */
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_MAX_ATTEMPTS: "1",
      POWERTOOLS_SERVICE_NAME: "test",
      POWERTOOLS_METRICS_NAMESPACE: "Millrace",
      POWERTOOLS_METRICS_DISABLED: "false",
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type AwsServer = Awaited<ReturnType<typeof startAwsServer>>;

import type { APIGatewayProxyEvent, Context, SQSEvent } from "aws-lambda";

export type RestRequest = {
  /** For example `GET /data/{id}`. */
  route: string;
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  isBase64Encoded?: boolean;
  requestId?: string;
  /** What the authorizer said; null on a public route. */
  authorizer?: Record<string, unknown> | null;
};

/** The authorizer's context for a caller whose token is good for another hour. */
export const callerContext = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  userId: "user-1",
  organizationId: "demo",
  roles: "data.read data.write",
  expiresAt: String(Math.floor(Date.now() / 1000) + 3_600),
  ...over,
});

/** A proxy event of the REST API, with the fields that functions read. */
export const restEvent = ({
  route,
  params,
  query = {},
  headers = {},
  body,
  isBase64Encoded = false,
  requestId = "11111111-2222-4333-8444-555555555555",
  authorizer = callerContext(),
}: RestRequest): APIGatewayProxyEvent => {
  const [httpMethod = "", resource = ""] = route.split(" ");
  const values = Object.entries(query).map(([name, value]) => [name, [value].flat()]);
  return {
    httpMethod,
    resource,
    path: resource,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    pathParameters: params ?? null,
    queryStringParameters: null,
    multiValueQueryStringParameters: values.length > 0 ? Object.fromEntries(values) : null,
    stageVariables: null,
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    isBase64Encoded,
    requestContext: { requestId, authorizer } as unknown as APIGatewayProxyEvent["requestContext"],
  };
};

/** A batch of a queue; bodies that are no strings are sent as JSON, ids count from `message-0`. */
export const sqsEvent = (bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1",
      SenderId: "sender",
      ApproximateFirstReceiveTimestamp: "1",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:queue",
    awsRegion: "us-east-1",
  })),
});

export const lambdaContext = ({ remainingMs = 10_000, awsRequestId = "aws-request-1" } = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: "function",
  functionVersion: "1",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:function",
  memoryLimitInMB: "256",
  awsRequestId,
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => remainingMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

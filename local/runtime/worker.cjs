// One execution environment: loads a bundle's handler and runs one invocation at a time, as Lambda's runtime
// for Node 24 does. It is plain CommonJS, because a worker thread that strips types takes twice as long to
// start.
const { parentPort, workerData } = require("node:worker_threads");
const { moveDate } = require("./moved-date.cjs");

/** @typedef {{ errorType: string, errorMessage: string, trace: string[] }} RuntimeError */

const { file, context: constants, ahead } = workerData;
// An invocation's time goes by on the machine's clock.
const machineNow = Date.now;
moveDate(ahead);

/** @returns {RuntimeError} */
const describe = (error) =>
  error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
    ? {
        errorType: String(error.name ?? "Error"),
        errorMessage: String(error.message),
        trace: String(error.stack ?? "").split("\n"),
      }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

/** Ends this environment; messages that were posted still arrive. */
const die = (error) => {
  parentPort.postMessage({ type: "died", error });
  process.exit(129);
};

/** Errors of loading that Lambda gives names of its own. */
const describeLoading = (error) => {
  if (error?.code === "MODULE_NOT_FOUND") {
    return {
      ...describe(error),
      errorType: "Runtime.ImportModuleError",
      errorMessage: `Error: ${error.message}`,
    };
  }
  if (error instanceof SyntaxError) return { ...describe(error), errorType: "Runtime.UserCodeSyntaxError" };
  return describe(error);
};

const load = () => {
  let exported;
  try {
    exported = require(file);
  } catch (error) {
    return die(describeLoading(error));
  }
  const { handler } = exported;
  if (typeof handler !== "function") {
    return die({
      errorType: "Runtime.HandlerNotFound",
      errorMessage:
        handler === undefined
          ? "handler.handler is undefined or not exported"
          : "handler.handler is not a function",
      trace: [],
    });
  }
  if (handler.length >= 3) {
    return die({
      errorType: "Runtime.CallbackHandlerDeprecated",
      errorMessage: "Callback handlers were removed with Node.js 24: export an async function.",
      trace: [],
    });
  }
  return handler;
};

process.on("uncaughtException", (error) => die(describe(error)));
process.on("unhandledRejection", (reason) =>
  die({
    ...describe(reason),
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason),
  }),
);

const handler = load();

parentPort.on("message", async ({ event, requestId, deadline, traceId }) => {
  process.env._X_AMZN_TRACE_ID = traceId;
  const context = {
    ...constants,
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - machineNow()),
  };
  let answer;
  try {
    const result = await handler(JSON.parse(event), context);
    // `undefined` becomes null, as in Lambda; what JSON cannot say is an error of the function.
    answer = { type: "answered", payload: JSON.stringify(result === undefined ? null : result) ?? "null" };
  } catch (error) {
    answer = { type: "failed", error: describe(error) };
  }
  parentPort.postMessage(answer);
});

parentPort.postMessage({ type: "ready" });

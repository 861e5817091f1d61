import { Tracer } from "@aws-lambda-powertools/tracer";

/** Segments for AWS calls and outgoing HTTP; loaded only for a sampled trace, from a file of its own. */
const tracer = new Tracer({ captureHTTPsRequests: true });
const captured = new WeakSet<object>();

/** Shows every SDK client there is, and later those that are made while the segment is open. */
type WatchClients = (watch: (client: object) => void) => void;

export type CloseSegment = (error?: unknown) => void;

/**
 * Opens the segment `## <handler>` under Lambda's own and has every client's calls appear below it.
 * The answer closes it; an error marks it as a fault.
 */
export const openSegment = (watchClients: WatchClients, coldStart: boolean): CloseSegment => {
  watchClients((client) => {
    if (captured.has(client)) return;
    captured.add(client);
    tracer.captureAWSv3Client(client);
  });
  const lambda = tracer.getSegment();
  const segment = lambda?.addNewSubsegment(`## ${process.env._HANDLER ?? "handler"}`);
  if (!lambda || !segment) return () => {};
  tracer.setSegment(segment);
  // Not `annotateColdStart`: this file may be loaded long after the start, with the first sampled trace.
  tracer.putAnnotation("ColdStart", coldStart);
  tracer.addServiceNameAnnotation();
  return (error) => {
    if (error instanceof Error) tracer.addErrorAsMetadata(error);
    segment.close();
    tracer.setSegment(lambda);
  };
};

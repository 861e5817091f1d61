import { Tracer } from "@aws-lambda-powertools/tracer";

/** Segments for AWS calls and outgoing HTTP; loaded only for a sampled trace, from a file of its own. */
const tracer = new Tracer({ captureHTTPsRequests: true });
const captured = new WeakSet<object>();

export type CloseSegment = (error?: unknown) => void;

/**
 * Opens the segment `## <handler>` under Lambda's own and has every client's calls appear below it.
 * The answer closes it; an error marks it as a fault.
 */
export const openSegment = (clients: Iterable<object>, coldStart: boolean): CloseSegment => {
  for (const client of clients) {
    if (captured.has(client)) continue;
    captured.add(client);
    tracer.captureAWSv3Client(client);
  }
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

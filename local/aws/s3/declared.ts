import type { Call } from "../port/service.ts";
import { ALGORITHMS, type Algorithm, algorithmOf, checksumHeader, isChecksum } from "./checksums.ts";
import { s3Error, s3Errors } from "./errors.ts";

/** What a caller says of a body. */
export type Sent = Pick<Call, "headers">;

/** The checksum that a caller sends of the body: in a header, or in the trailer that a header announces. */
export type Declared = { algorithm: Algorithm; value: string } | { algorithm: Algorithm; trailing: true };

const one = (call: Sent, name: string): string | undefined => {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
};

const several = () =>
  s3Errors.invalidRequest(
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  );

/** In headers; at most one. */
export const checksumInHeaders = (call: Sent): { algorithm: Algorithm; value: string } | undefined => {
  const found = ALGORITHMS.flatMap((algorithm) => {
    const value = one(call, checksumHeader(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (found.length > 1) throw several();
  return found[0];
};

export const declaredChecksum = (call: Sent): Declared | undefined => {
  const inHeader = checksumInHeaders(call);
  if (inHeader && !isChecksum(inHeader.algorithm, inHeader.value)) {
    throw s3Errors.invalidRequest(`Value for ${checksumHeader(inHeader.algorithm)} header is invalid.`);
  }
  const announced = (one(call, "x-amz-trailer") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const trailing = ALGORITHMS.filter((algorithm) => announced.includes(checksumHeader(algorithm)));
  if (trailing.length + (inHeader ? 1 : 0) > 1) throw several();
  const named = one(call, "x-amz-sdk-checksum-algorithm");
  const [inTrailer] = trailing;
  const found: Declared | undefined =
    inHeader ?? (inTrailer === undefined ? undefined : { algorithm: inTrailer, trailing: true });
  if (named !== undefined && found && algorithmOf(named) !== found.algorithm) {
    throw s3Errors.invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  return found;
};

/** The value that was sent, once the trailers are there. */
export const declaredValue = (declared: Declared, trailers: ReadonlyMap<string, string>): string => {
  if ("value" in declared) return declared.value;
  const name = checksumHeader(declared.algorithm);
  const value = trailers.get(name);
  if (value === undefined) {
    throw s3Error(
      400,
      "MalformedTrailerError",
      "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    );
  }
  if (!isChecksum(declared.algorithm, value)) {
    throw s3Errors.invalidRequest(`Value for ${name} trailing header is invalid.`);
  }
  return value;
};

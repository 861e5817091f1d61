import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** Of the SDK's request what signing needs. */
type HttpRequest = {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
  query?: Record<string, string | string[] | null>;
};

type Presigner = { presign(request: HttpRequest, options: { expiresIn: number }): Promise<HttpRequest> };

const isPresigner = (signer: object): signer is Presigner => "presign" in signer;

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const urlOf = ({ protocol, hostname, port, path, query = {} }: HttpRequest): string => {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return `${protocol}//${hostname}${port ? `:${port}` : ""}${path}?${pairs.join("&")}`;
};

/**
 * A URL that gets the object without a token, good for so many seconds, and no longer than the
 * function's own credentials. Nothing is sent: the client resolves where the object is, and the request
 * is signed and taken out before it leaves.
 *
 * By hand with the client's own signer, as the SDK's package for it does: that package is 40 KB more for
 * each function.
 */
export const presignGet = async (
  client: S3Client,
  { bucket, key, expiresIn }: { bucket: string; key: string; expiresIn: number },
): Promise<string> => {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  let url = "";
  command.middlewareStack.add(
    () => async (args) => {
      const { protocol, hostname, port, path, query } = args.request as HttpRequest;
      const signer = await client.config.signer();
      if (!isPresigner(signer)) throw new Error("the S3 client's signer cannot presign");
      const headers = {
        host: port ? `${hostname}:${port}` : hostname,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
      };
      const signed = await signer.presign(
        { method: "GET", protocol, hostname, path, headers, query: query ?? {}, ...(port ? { port } : {}) },
        { expiresIn },
      );
      url = urlOf(signed);
      return { output: { $metadata: {} }, response: undefined };
    },
    // Behind what finds the endpoint, before what signs and sends.
    { step: "finalizeRequest", priority: "high", name: "presign" },
  );
  await client.send(command);
  return url;
};

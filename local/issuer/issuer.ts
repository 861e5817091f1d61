import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { StartError } from "../aws/port/errors.ts";
import { changeFile, readIfThere } from "./key-file.ts";

/**
 * The local platform's `iss`. It is a name and not an address, so that a token stays good when the platform
 * moves to another port. Where the keys are is a setting of its own (TOKEN_JWKS_URI).
 */
export const LOCAL_ISSUER = "http://localhost:4000";
export const LOCAL_AUDIENCE = "millrace";

const ALGORITHM = "RS256";
export const TTL_SECONDS_MAX = 30 * 24 * 3600;

export type TokenRequest = {
  sub: string;
  organizationId?: string;
  roles: readonly string[];
  ttlSeconds: number;
  /** Written over the other claims, so that a test can make a token with any fault. */
  extra?: Readonly<Record<string, unknown>>;
};

export type Issuer = {
  /** The `iss` of its tokens. */
  issuer: string;
  /** The public keys, as `GET /.well-known/jwks.json` answers them. */
  jwks(): Promise<{ keys: JWK[] }>;
  sign(request: TokenRequest): Promise<string>;
  /**
   * Signs with a new key from now on. Earlier keys stay in the JWKS until their last token has expired;
   * `dropOld` removes them at once, as after a theft.
   */
  rotate(options?: { dropOld?: boolean }): Promise<void>;
};

export type IssuerOptions = {
  /** Where `issuer.json` lives: beside the platform's data, and kept when that starts afresh. */
  folder: string;
  origin?: string;
  audience?: string | undefined;
  now?: () => number;
};

type Key = { kid: string; privateKey: JWK; retiredAt?: number };

/** The newest key comes last and is the one that signs. */
type KeyFile = { keys: Key[] };

const isKey = (key: unknown): key is Key =>
  typeof key === "object" && key !== null && "kid" in key && "privateKey" in key;

/** The file is written here, but a full disk or an editor may have left a part of it. */
const parse = (text: string, path: string): KeyFile => {
  const damaged = (what: string) =>
    new StartError(
      `${path} holds the issuer's keys and is damaged (${what}): put it back, or delete it and make new tokens.`,
    );
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw damaged(text === "" ? "it is empty" : "it is not JSON");
  }
  const keys: unknown = typeof file === "object" && file !== null && "keys" in file ? file.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isKey)) throw damaged("it has no keys");
  return { keys };
};
const write = (file: KeyFile): string => `${JSON.stringify(file, null, 2)}\n`;

const newKey = async (): Promise<Key> => {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true, modulusLength: 2048 });
  return { kid: crypto.randomUUID(), privateKey: await exportJWK(privateKey) };
};

const publicKey = ({ kid, privateKey: { kty, n, e } }: Key): JWK =>
  ({ kid, kty, n, e, alg: ALGORITHM, use: "sig" }) as JWK;

/**
 * The local platform's issuer of tokens. Its keys are made once and kept in `<folder>/issuer.json`. Several
 * processes may use one folder, and each sees at once that another one rotated the keys.
 */
export const openIssuer = async ({
  folder,
  origin = LOCAL_ISSUER,
  audience = LOCAL_AUDIENCE,
  now = Date.now,
}: IssuerOptions): Promise<Issuer> => {
  const path = join(folder, "issuer.json");

  const keys = async (): Promise<Key[]> => {
    const text =
      (await readIfThere(path)) ??
      (await changeFile(path, async (there) => there ?? write({ keys: [await newKey()] })));
    return parse(text, path).keys;
  };

  const ranOut = ({ retiredAt }: Key): boolean =>
    retiredAt !== undefined && retiredAt + TTL_SECONDS_MAX * 1000 < now();

  const sign = async ({ sub, organizationId, roles, ttlSeconds, extra }: TokenRequest): Promise<string> => {
    if (!(ttlSeconds <= TTL_SECONDS_MAX)) {
      throw new RangeError(`ttlSeconds must be at most ${TTL_SECONDS_MAX}, got ${ttlSeconds}`);
    }
    const key = (await keys()).at(-1);
    if (key === undefined) throw new StartError(`${path} holds no key.`);
    const issuedAt = Math.floor(now() / 1000);
    const claims = {
      iss: origin,
      aud: audience,
      sub,
      ...(organizationId === undefined ? {} : { organizationId }),
      Role: [...roles],
      iat: issuedAt,
      exp: issuedAt + ttlSeconds,
      jti: crypto.randomUUID(),
      ...extra,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: key.kid })
      .sign(await importJWK(key.privateKey, ALGORITHM));
  };

  const rotate = async ({ dropOld = false }: { dropOld?: boolean } = {}): Promise<void> => {
    const key = await newKey();
    await changeFile(path, (text) => {
      const old = text === undefined || dropOld ? [] : parse(text, path).keys;
      const kept = old.filter((each) => !ranOut(each)).map((each) => ({ retiredAt: now(), ...each }));
      return write({ keys: [...kept, key] });
    });
  };

  await keys();
  return {
    issuer: origin,
    jwks: async () => ({ keys: (await keys()).filter((key) => !ranOut(key)).map(publicKey) }),
    sign,
    rotate,
  };
};

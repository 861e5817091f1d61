import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, text } from "../port/input.ts";
import type { Call, OperationService } from "../port/service.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, alias TEXT NOT NULL UNIQUE, material BLOB NOT NULL, created INTEGER NOT NULL
) STRICT`;

type Key = { id: string; alias: string; material: Buffer; created: number };
const ALGORITHM = "HMAC_SHA_256";

/** HMAC keys, named by alias. Their material is made here and stays with the data. */
export const openKms = (file: string, arns: Arns, now: () => number = Date.now) => {
  const database = openDatabase(file, SCHEMA);
  const keys: Key[] = database
    .prepare("SELECT * FROM keys")
    .all()
    .map((row) => ({
      id: String(row.id),
      alias: String(row.alias),
      material: row.material instanceof Uint8Array ? Buffer.from(row.material) : Buffer.alloc(0),
      created: Number(row.created),
    }));
  const arnOf = (key: Key) => arns.at("kms", `key/${key.id}`);

  /**
   * A key named by alias is authorized under the alias's ARN, one named by id under the key's ARN. In this way
   * the port checks `kms:RequestAlias` of a function's policy.
   */
  const find = (input: Input, call: Call, action: string): Key => {
    const named = text(input, "KeyId");
    const arn = named.startsWith("arn:")
      ? named
      : arns.at("kms", named.startsWith("alias/") ? named : `key/${named}`);
    call.authorize(`kms:${action}`, arn);
    const key = keys.find((one) => arnOf(one) === arn || arns.at("kms", one.alias) === arn);
    if (!key) {
      throw new AwsError(
        "NotFoundException",
        named.includes("alias/") ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
      );
    }
    return key;
  };

  const macOf = (key: Key, input: Input): Buffer => {
    const message = Buffer.from(text(input, "Message"), "base64");
    if (message.length < 1 || message.length > 4096) {
      throw new AwsError(
        "ValidationException",
        "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length between 1 and 4096",
      );
    }
    if (text(input, "MacAlgorithm") !== ALGORITHM) {
      throw new AwsError(
        "InvalidKeyUsageException",
        `The algorithm ${text(input, "MacAlgorithm")} is incompatible with key spec HMAC_256.`,
      );
    }
    return createHmac("sha256", key.material).update(message).digest();
  };

  const describe = (key: Key) => ({
    AWSAccountId: arns.account,
    KeyId: key.id,
    Arn: arnOf(key),
    CreationDate: key.created / 1000,
    Enabled: true,
    Description: "",
    KeyUsage: "GENERATE_VERIFY_MAC",
    KeyState: "Enabled",
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    KeySpec: "HMAC_256",
    CustomerMasterKeySpec: "HMAC_256",
    MacAlgorithms: [ALGORITHM],
    MultiRegion: false,
  });

  const service: OperationService = {
    kind: "operations",
    name: "kms",
    protocols: ["json"],
    targets: ["TrentService"],
    errorPrefix: "",
    jsonVersion: "1.1",
    inputError: { missing: "ValidationException", invalid: "ValidationException" },
    throttling: { code: "ThrottlingException", status: 400 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "",
    operations: {
      GenerateMac: (input, call) => {
        const key = find(input, call, "GenerateMac");
        return { Mac: macOf(key, input).toString("base64"), MacAlgorithm: ALGORITHM, KeyId: arnOf(key) };
      },
      VerifyMac: (input, call) => {
        const key = find(input, call, "VerifyMac");
        const expected = macOf(key, input);
        const given = Buffer.from(text(input, "Mac"), "base64");
        if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
          throw new AwsError(
            "KMSInvalidMacException",
            "The request failed because the HMAC verification failed.",
          );
        }
        return { MacValid: true, MacAlgorithm: ALGORITHM, KeyId: arnOf(key) };
      },
      DescribeKey: (input, call) => ({ KeyMetadata: describe(find(input, call, "DescribeKey")) }),
      ListAliases: (_input, call) => {
        call.authorize("kms:ListAliases", "*");
        return {
          Aliases: keys.map((key) => ({
            AliasName: key.alias,
            AliasArn: arns.at("kms", key.alias),
            TargetKeyId: key.id,
          })),
          Truncated: false,
        };
      },
    },
    close: () => database.close(),
  };

  return {
    service,
    /** Makes the key if no key has this alias. */
    ensure: (alias: string) => {
      if (keys.some((key) => key.alias === alias)) return;
      const key = { id: randomUUID(), alias, material: randomBytes(32), created: now() };
      database.prepare("INSERT INTO keys VALUES (?, ?, ?, ?)").run(key.id, alias, key.material, key.created);
      keys.push(key);
    },
  };
};

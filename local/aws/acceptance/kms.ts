import { DescribeKeyCommand, GenerateMacCommand, VerifyMacCommand } from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";

const algorithm = { MacAlgorithm: "HMAC_SHA_256" } as const;

/** What the platform needs of KMS and STS; the key with this alias must be there. */
export const describeKms = (start: StartEmulator, KeyId: string) =>
  describe("KMS and STS", () => {
    const clients = useEmulator(start);
    const macOf = async (text: string) => {
      const { Mac } = await clients().kms.send(
        new GenerateMacCommand({ KeyId, Message: Buffer.from(text), ...algorithm }),
      );
      return Buffer.from(Mac ?? []).toString("hex");
    };

    it("makes the same 32 bytes of the same message, and others of another", async () => {
      const first = await macOf("message");

      expect(first).toMatch(/^[0-9a-f]{64}$/);
      expect(await macOf("message")).toBe(first);
      expect(await macOf("massage")).not.toBe(first);
    });

    it("verifies, and refuses what is not right", async () => {
      const verify = async (Mac: Buffer) =>
        clients().kms.send(new VerifyMacCommand({ KeyId, Message: Buffer.from("m"), Mac, ...algorithm }));

      expect((await verify(Buffer.from(await macOf("m"), "hex"))).MacValid).toBe(true);
      expect((await failureOf(verify(Buffer.alloc(32)))).name).toBe("KMSInvalidMacException");
    });

    it("describes the key, and refuses one that does not exist", async () => {
      const { KeyMetadata } = await clients().kms.send(new DescribeKeyCommand({ KeyId }));

      expect(KeyMetadata).toMatchObject({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" });
      const absent = clients().kms.send(new DescribeKeyCommand({ KeyId: "alias/absent" }));
      expect((await failureOf(absent)).name).toBe("NotFoundException");
    });

    it("says who calls", async () => {
      const { Account } = await clients().sts.send(new GetCallerIdentityCommand({}));

      expect(Account).toBe("000000000000");
    });
  });

import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { bucketName, resourceName } from "#common/manifest/names.ts";
import type { Item } from "#common/table/table.ts";
import { toWire } from "#common/table/wire.ts";
import { clientsFor } from "../../aws/testing/port.ts";
import { localDeployment } from "../../deployment.ts";
import { type System, startSystem } from "../system.ts";
import { makeJudge } from "./judge.ts";
import type { Operation } from "./operations.ts";
import { openWire, type Wire, type WireReply } from "./wire.ts";

type Problem = { code: string; errors?: { in: string; path: string; message: string }[] };
export type Page = { items: object[]; cursor: string | null };

export const problem = ({ text }: WireReply) => JSON.parse(text) as Problem;

/** That the answer is 400 and names this fault. */
export const expectRefused = (
  reply: WireReply,
  fault: { in: string; path: string },
  label = `${fault.in} ${fault.path}`,
): void => {
  expect(reply.status, `${label} ${reply.text.slice(0, 300)}`).toBe(400);
  expect(problem(reply), label).toMatchObject({
    errors: expect.arrayContaining([expect.objectContaining(fault)]),
  });
};

/** A route's path with this id, which is percent-encoded already, for each of its parameters. */
export const fill = (path: string, id: string): string => path.replace(/\{[^}]+\}/g, id);

/** A whole platform to be asked by an administrator; every answer is held against the OpenAPI document. */
export const useApi = (operations: readonly Operation[]) => {
  const judge = makeJudge(operations);
  let system: System;
  let wire: Wire;
  let admin: string;

  const ask = async (
    method: string,
    path: string,
    { token = admin, body }: { token?: string; body?: string } = {},
  ): Promise<WireReply> => {
    const request = {
      method,
      path,
      headers: [["authorization", `Bearer ${token}`]] as const,
      body: body === undefined ? undefined : Buffer.from(body),
    };
    const reply = await wire.send(request);
    const faults = judge.faultsOf(request, reply);
    expect(faults, `${method} ${path} ${reply.status} ${reply.text.slice(0, 300)}`).toEqual([]);
    return reply;
  };

  const pageOf = async (path: string): Promise<Page> => {
    const reply = await ask("GET", path);
    expect(reply.status, `${path} ${reply.text.slice(0, 300)}`).toBe(200);
    return JSON.parse(reply.text) as Page;
  };

  return {
    start: async (): Promise<void> => {
      system = await startSystem();
      admin = await system.token(["admin"]);
      wire = openWire(system.platform.port);
    },
    /** Puts items into a table, as what no route writes gets there. */
    put: async (table: string, items: readonly Item[]): Promise<void> => {
      const { dynamodb } = clientsFor(system.platform.awsUrl);
      const TableName = resourceName(localDeployment(""), table);
      for (let start = 0; start < items.length; start += 25) {
        const puts = items.slice(start, start + 25).map((item) => ({ PutRequest: { Item: toWire(item) } }));
        await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
      }
    },
    /** Puts an object into a bucket. */
    putObject: async (bucket: string, Key: string, Body: Uint8Array): Promise<void> => {
      const Bucket = bucketName(localDeployment(""), bucket);
      await clientsFor(system.platform.awsUrl).s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    /** S3 as the operator sees it, to put into the lake what no route writes. */
    lake: () => clientsFor(system.platform.awsUrl).s3,
    stop: async (): Promise<void> => {
      wire.close();
      await system.stop();
    },
    token: (...claims: Parameters<System["token"]>) => system.token(...claims),
    operationOf: judge.operationOf,
    ask,
    pageOf,
    /** Every page of a list, by its cursors. */
    pagesOf: async (path: string): Promise<Page[]> => {
      const pages: Page[] = [];
      let cursor: string | null | undefined;
      do {
        const page: Page = await pageOf(cursor ? `${path}&cursor=${cursor}` : path);
        pages.push(page);
        cursor = page.cursor;
      } while (cursor);
      return pages;
    },
  };
};

import { type Table, textOf } from "#common/table/table.ts";
import { listKey } from "./import-keys.ts";

/** Ids of an organization's imports, newest first, from behind one on. */
export async function* importsAfter(
  table: Pick<Table, "queryPage">,
  organizationId: string,
  { after, service }: { after?: string | undefined; service?: string | undefined },
): AsyncGenerator<string> {
  const { pk, sk } = listKey(organizationId, after ?? "");
  let from: string | undefined = after === undefined ? undefined : sk;
  do {
    const page = await table.queryPage({
      pk,
      from: "import#",
      to: "import#~",
      order: "desc",
      limit: 100,
      ...(from === undefined ? {} : { after: from }),
    });
    for (const item of page.items) {
      if (service === undefined || item.service === service) yield textOf(item, "importId");
    }
    from = page.next;
  } while (from !== undefined);
}

/** Has no accounts and nothing to sync, save for the fault that it is given; undefined for any other path. */
export const fakeTransactions = (fault?: "uncategorized" | "shown" | "unsealed" | "endless") => {
  return (method: string, { pathname, searchParams }: URL): [number, unknown] | undefined => {
    if (method !== "GET") return undefined;
    if (pathname === "/transactions/categories") {
      return [200, { items: fault === "uncategorized" ? [] : ["Groceries"], cursor: null }];
    }
    if (pathname.startsWith("/accounts/")) return fault === "shown" ? [200, {}] : [404, undefined];
    if (pathname !== "/transactions/sync") return undefined;
    const isForged = searchParams.get("cursor") === "AAAA";
    if (isForged && fault !== "unsealed") return [400, undefined];
    return [200, { added: [], modified: [], removed: [], cursor: "next", hasMore: fault === "endless" }];
  };
};

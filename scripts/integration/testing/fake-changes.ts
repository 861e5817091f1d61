/** Knows no user and no replay, save for the fault that it is given; undefined for any other path. */
export const fakeChanges = (fault?: "users" | "unlisted" | "shown" | "unchecked") => {
  return (method: string, { pathname }: URL): [number, unknown] | undefined => {
    if (!pathname.startsWith("/changes")) return undefined;
    if (pathname.startsWith("/changes/users/")) return fault === "users" ? [200, {}] : [404, undefined];
    if (method === "POST") return fault === "unchecked" ? [202, { id: "1" }] : [400, undefined];
    if (pathname === "/changes/replays")
      return [200, fault === "unlisted" ? {} : { items: [], cursor: null }];
    return fault === "shown" ? [200, {}] : [404, undefined];
  };
};

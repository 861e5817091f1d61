/** Has no imports and takes one, save for the fault that it is given; undefined for any other path. */
export const fakeImports = (fault?: "unlisted" | "shown" | "unchecked" | "uncancelled") => {
  return (method: string, { pathname }: URL, body: string): [number, unknown] | undefined => {
    if (!pathname.startsWith("/imports")) return undefined;
    if (method === "DELETE") {
      return [202, { id: "1", status: fault === "uncancelled" ? "running" : "cancelled" }];
    }
    if (method === "POST") {
      const { fileName } = JSON.parse(body);
      if (fileName.endsWith(".xlsx") && fault !== "unchecked") return [400, undefined];
      return [201, { id: "1", upload: { url: "" } }];
    }
    if (pathname === "/imports") return [200, fault === "unlisted" ? {} : { items: [], cursor: null }];
    return fault === "shown" ? [200, {}] : [404, undefined];
  };
};

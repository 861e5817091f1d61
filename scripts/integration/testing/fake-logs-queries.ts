/** Answers queries of logs, save for the fault that it is given; undefined for any other path. */
export const fakeLogsQueries = (fault?: "noTypes" | "uncounted" | "failed" | "unchecked") => {
  const id = "0199aa00-0000-7000-8000-000000000001";
  return (method: string, { pathname }: URL, body: string): [number, unknown] | undefined => {
    if (pathname === "/logs/types")
      return [200, { items: fault === "noTypes" ? [] : [{ name: "web" }], cursor: null }];
    if (pathname === "/logs/stats") return [200, fault === "uncounted" ? {} : { items: [] }];
    if (!pathname.startsWith("/logs/queries")) return undefined;
    if (method === "POST") {
      const isSelect = JSON.parse(body).sql.startsWith("SELECT");
      return isSelect || fault === "unchecked" ? [202, { id, status: "queued" }] : [400, undefined];
    }
    return [
      200,
      { id, status: fault === "failed" ? "failed" : "succeeded", rows: fault === "failed" ? [] : [[42]] },
    ];
  };
};

/** A receipt handle names the row of a message and one receipt of it, so that an earlier one is told apart. */
export const readHandle = (handle: string): { id: number; receipt: string } | undefined => {
  const [id = "", receipt = ""] = Buffer.from(handle, "base64url").toString().split("/");
  return /^\d{1,15}$/.test(id) && receipt ? { id: Number(id), receipt } : undefined;
};

export const writeHandle = (id: number, receipt: string): string =>
  Buffer.from(`${id}/${receipt}`).toString("base64url");

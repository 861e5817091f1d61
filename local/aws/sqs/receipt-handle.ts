/**
 * A receipt handle names a message's row and one receive of it, so that handles of earlier receives are
 * recognized.
 */
export const readHandle = (handle: string): { id: number; receipt: string } | undefined => {
  const [id = "", receipt = ""] = Buffer.from(handle, "base64url").toString().split("/");
  return /^\d{1,15}$/.test(id) && receipt ? { id: Number(id), receipt } : undefined;
};

export const writeHandle = (id: number, receipt: string): string =>
  Buffer.from(`${id}/${receipt}`).toString("base64url");

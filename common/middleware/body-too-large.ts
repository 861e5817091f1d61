import { AppError } from "#common/errors/app-error.ts";

export const bodyTooLarge = (bytesMax: number): AppError =>
  new AppError("BODY_TOO_LARGE", {
    errors: [{ in: "body", path: "", message: `must have at most ${bytesMax} bytes` }],
  });

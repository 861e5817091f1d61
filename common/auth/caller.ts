/** Who calls, as a verified token says. */
export type Caller = {
  /** The token's `sub`. */
  userId: string;
  organizationId: string | null;
  roles: string[];
  /** Unix seconds after which the token is worth nothing. */
  expiresAt: number;
};

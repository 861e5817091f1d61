import { createHash, randomBytes } from "node:crypto";
import type { Deployment } from "#common/manifest/names.ts";
import type { Permissions } from "../../seams.ts";
import { type ReaderRoles, roleAllows, roleArn } from "./reader-roles.ts";

export type Session = {
  accessKeyId: string;
  secretAccessKey: string;
  token: string;
  role: string;
  name: string;
  tags: Readonly<Record<string, string>>;
  expiresAt: number;
};

/** Sessions of roles that functions took on. They end with the platform, as the functions do. */
export const makeSessions = (roles: ReaderRoles, deployment: Deployment, now: () => number) => {
  const sessions = new Map<string, Session>();
  const names = new Map(Object.keys(roles).map((name) => [roleArn(deployment, name), name]));

  const find = (accessKeyId: string): Session | undefined => {
    const session = sessions.get(accessKeyId);
    return session && session.expiresAt > now() ? session : undefined;
  };

  return {
    find,
    roleAt: (arn: string) => {
      const name = names.get(arn);
      return name === undefined ? undefined : { name, ...roles[name], tags: roles[name]?.tags ?? [] };
    },
    /** The same role and tags have the same access key, so that counts of calls do not grow with sessions. */
    open: (role: string, name: string, tags: Readonly<Record<string, string>>, seconds: number): Session => {
      const hash = createHash("sha256")
        .update(JSON.stringify([role, Object.entries(tags).sort()]))
        .digest("hex");
      const accessKeyId = `ASIA${hash.slice(0, 16).toUpperCase()}`;
      const session = {
        accessKeyId,
        secretAccessKey: sessions.get(accessKeyId)?.secretAccessKey ?? randomBytes(20).toString("hex"),
        token: randomBytes(48).toString("base64"),
        role,
        name,
        tags,
        expiresAt: now() + seconds * 1000,
      };
      sessions.set(accessKeyId, session);
      return session;
    },
    /** These permissions, and those of the sessions. */
    extend: (permissions: Permissions): Permissions => ({
      exists: (accessKeyId) => permissions.exists(accessKeyId) || find(accessKeyId) !== undefined,
      allows: (accessKeyId, action, resourceArn) => {
        const session = find(accessKeyId);
        const role = session && roles[session.role];
        return role
          ? roleAllows([session.role, role], deployment, session.tags, action, resourceArn)
          : permissions.allows(accessKeyId, action, resourceArn);
      },
    }),
  };
};
export type Sessions = ReturnType<typeof makeSessions>;

const READ_AND_WRITE = [
  "data",
  "events",
  "logs",
  "transactions",
  "imports",
  "realtime",
  "connectors",
  "groups",
  "links",
] as const;

export const ADMIN = "admin";

/** Every role there is. A token's other roles belong to other systems and are dropped. */
export const ROLES: readonly string[] = [
  ...READ_AND_WRITE.flatMap((service) => [`${service}.read`, `${service}.write`]),
  "activities.organise",
  "activities.audit",
  ADMIN,
];

const KNOWN: ReadonlySet<string> = new Set(ROLES);

export const isRole = (name: string): boolean => KNOWN.has(name);

/**
 * Whether a caller with these roles may do what asks for `required`. `admin` holds every role. It is the
 * only rule about roles: the authorizer's policy and the check behind the gateway both ask it.
 */
export const mayCall = (roles: readonly string[], required: string): boolean =>
  roles.includes(ADMIN) || roles.includes(required);

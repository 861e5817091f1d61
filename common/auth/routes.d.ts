/** The routes that are not public and their roles, which build.mjs reads from the manifests. */
declare module "virtual:routes" {
  export const routes: Readonly<Record<string, string>>;
}

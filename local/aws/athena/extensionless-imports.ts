import { registerHooks } from "node:module";

/**
 * The parser's files import each other without an extension, which a bundler takes and Node does not. Bundles of
 * functions have no need of this.
 */
registerHooks({
  resolve: (specifier, context, next) => {
    const isOwn = context.parentURL?.includes("/node_modules/dt-sql-parser/") ?? false;
    return next(
      isOwn && specifier.startsWith(".") && !specifier.endsWith(".js") ? `${specifier}.js` : specifier,
      context,
    );
  },
});

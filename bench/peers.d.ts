// What Millrace is measured against is installed by `npm run bench` alone, so the root's type check takes
// these for anything. bench/tsconfig.json leaves this file out and checks with their own types.
declare module "@aws-sdk/lib-dynamodb";
declare module "arktype";
declare module "csv-stringify/sync";
declare module "electrodb";
declare module "fast-jwt";
declare module "fastify";
declare module "pino";
declare module "udsv";
declare module "valibot";
declare module "zod";

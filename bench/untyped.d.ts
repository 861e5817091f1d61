// A peer that brings no types of its own; those of others bring a second @types/node.
declare module "papaparse";

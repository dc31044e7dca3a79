/**
 * Writes src/api/schema.ts from the product's own description of its API (Swagger 2.0, on standard input or in a file):
 *
 *     flask --app wsgi docs openapi | npm --prefix client run -s api
 *     flask --app wsgi docs openapi | npm --prefix client run -s api -- --check     # only compares; exit 1 when it differs
 *
 * Only what the client may call is kept (`api-paths.json`), so that a change of the office's routes changes nothing here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import converter from "swagger2openapi";

const TARGET = new URL("../src/api/schema.ts", import.meta.url);
const HEAD = "/* Generated from the product's API by `make client-api`; not edited by hand. */\n/* eslint-disable */\n\n";
const { kept, dropped } = JSON.parse(readFileSync(new URL("./api-paths.json", import.meta.url), "utf8"));

/** The document with the client's paths alone, and the definitions that they need. */
export function pruned(document) {
  const matches = (patterns, path) => patterns.some((pattern) => new RegExp(pattern).test(path));
  const paths = Object.fromEntries(
    Object.entries(document.paths)
      .filter(([path]) => matches(kept, path) || !matches(dropped, path))
      .map(([path, item]) => [path, slimmed(item)]),
  );
  const definitions = {};
  const gather = (part) => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (name in definitions || !(name in document.definitions)) continue;
      definitions[name] = untitled(document.definitions[name]);
      gather(definitions[name]);
    }
  };
  gather([paths, document.responses ?? {}]);
  return { ...document, host: undefined, paths, definitions: Object.fromEntries(Object.entries(definitions).sort()) };
}

/** Without what is the same everywhere: problems all have one form (src/api/problems.ts), ids of operations serve nobody here. */
function slimmed(item) {
  const fits = ([status]) => status.startsWith("2");
  return Object.fromEntries(
    Object.entries(item).map(([method, spec]) =>
      method === "parameters" ? [method, spec] : [method, { ...spec, operationId: undefined, summary: undefined, produces: ["application/json"], responses: Object.fromEntries(Object.entries(spec.responses).filter(fits)) }],
    ),
  );
}

/** A title repeats the name in other letters. */
function untitled(schema) {
  if (Array.isArray(schema)) return schema.map(untitled);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !(name === "title" && typeof value === "string"))
      .map(([name, value]) => [name, untitled(value)]),
  );
}

export async function typesOf(document) {
  const { openapi } = await converter.convertObj(pruned(document), { patch: true, warnOnly: true });
  return HEAD + astToString(await openapiTS(openapi, { alphabetize: true }));
}

async function standardInput() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

async function main(given) {
  const check = given.includes("--check");
  const file = given.find((each) => !each.startsWith("--"));
  const made = await typesOf(JSON.parse(file ? readFileSync(file, "utf8") : await standardInput()));
  if (!check) return writeFileSync(TARGET, made);
  if (readFileSync(TARGET, "utf8") === made) return undefined;
  console.error("client/src/api/schema.ts is not what the product's API says: run `make client-api` and look at what tsc finds.");
  process.exitCode = 1;
  return undefined;
}

if (import.meta.url === `file://${process.argv[1]}`) await main(process.argv.slice(2));

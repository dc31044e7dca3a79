/** Holds the builds to their promises: what the first screen of H5 loads, compressed; the mini-program's main package. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST_BYTES = 300 * 1024;
const MOST_BYTES_MAIN = 1.5 * 1024 * 1024;
const dist = new URL("../dist/h5/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const named = [...html.matchAll(/(?:src|href)="\.?\/?((?:js|css)\/[^"]+)"/g)].map((found) => found[1]);
const size = (name) => gzipSync(readFileSync(new URL(name, dist))).length;
// The home screen is a chunk of its own, named in the page by config/first-screen.js.
const first = [...new Set(named)];
const total = first.reduce((sum, name) => sum + size(name), gzipSync(html).length);
console.log(`H5 first load: ${(total / 1024).toFixed(0)} KB compressed (${first.length} files), ${(MOST_BYTES / 1024).toFixed(0)} at most`);
if (named.length === 0 || total > MOST_BYTES) process.exitCode = 1;

const weapp = new URL("../dist/weapp/", import.meta.url);
const { subPackages } = JSON.parse(readFileSync(new URL("app.json", weapp), "utf8"));
const files = readdirSync(weapp, { recursive: true }).filter((name) => statSync(new URL(name, weapp)).isFile());
const main = files.filter((name) => !subPackages.some(({ root }) => name.startsWith(`${root}/`))).reduce((sum, name) => sum + statSync(new URL(name, weapp)).size, 0);
console.log(`Mini-program, main package: ${(main / 1024).toFixed(0)} KB, ${(MOST_BYTES_MAIN / 1024).toFixed(0)} at most`);
if (main > MOST_BYTES_MAIN) process.exitCode = 1;

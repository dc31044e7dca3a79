/** Lays a compressed copy (Brotli, gzip) beside each file of the built H5, so that no server has to make one for every request. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WORTH = /\.(js|css|html|svg)$/;
const dist = new URL("../dist/h5/", import.meta.url);
for (const name of readdirSync(dist, { recursive: true }).filter((each) => WORTH.test(each))) {
  const content = readFileSync(new URL(name, dist));
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(content, { params }));
  writeFileSync(new URL(`${name}.gz`, dist), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}

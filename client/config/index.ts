/** How Taro builds both targets. Sizes in the styles are CSS pixels on both, so nothing is converted. */
import { resolve } from "node:path";

const source = resolve(__dirname, "..", "src");
const target = process.env.TARO_ENV === "weapp" ? "weapp" : "h5";
// Files that are named in code and come along as they are.
const AS_IS = { h5: "icon.svg", weapp: "pages/nearby/marker.png" };
// The mini-program has no page of its own origin: it must be told where the product is. H5 asks where it came from.
const origin = target === "weapp" ? (process.env.API_ORIGIN ?? "http://127.0.0.1:8000") : "";

// Packages come built for the browsers that package.json names, but for these, which the router brings with it.
const LATE = /[\\/](query-string|decode-uri-component|filter-obj|split-on-first)[\\/]/;
const compile = { include: [(file: string) => LATE.test(file)], exclude: [(file: string) => file.includes("node_modules") && !LATE.test(file)] };

/* eslint-disable @typescript-eslint/no-explicit-any -- webpack-chain comes without types of its own */
function slim(chain: any): void {
  // Our controls are plain elements; the kit's pull-to-refresh element would be loaded for nothing.
  chain.plugin("mainPlugin").tap((given: any[]) => {
    given[0].loaderMeta = { ...given[0].loaderMeta, extraImportForWeb: "", execBeforeCreateWebApp: "" };
    return given;
  });
  // The router writes its styles into the page at run time, which a strict content security policy forbids;
  // the few rules that are needed stand in src/styles/router.css.
  chain.plugin("styles").use(require("webpack").NormalModuleReplacementPlugin, [
    /^\.\.?\/style\.js$/,
    (asked: any) => {
      if (/@tarojs[\\/]router[\\/]dist/.test(asked.context)) asked.request = resolve(source, "platform", "no-router-style.js");
    },
  ]);
  // What all screens share is loaded once, with the first of them.
  const shared = { name: "shared", chunks: "all", enforce: true, priority: 50 };
  chain.optimization.splitChunks({
    chunks: "all",
    cacheGroups: {
      default: false,
      defaultVendors: false,
      vendors: { ...shared, name: "vendors", test: /[\\/]node_modules[\\/]/ },
      shared: { ...shared, test: /[\\/]src[\\/](api|platform|state|styles|text[\\/]index|text[\\/]zh_CN[\\/]common|ui|words|settings)/ },
    },
  });
  chain.plugin("firstScreen").use(require("./first-screen"));
  chain.performance.hints(false);
  chain.resolve.alias.set("@tarojs/components/dist/taro-components/taro-components.css$", resolve(source, "styles", "none.css"));
  chain.resolve.alias.set("@tarojs/components/global.css$", resolve(source, "styles", "none.css"));
}
/* eslint-enable @typescript-eslint/no-explicit-any */

export default {
  projectName: "yixiang-client",
  date: "2026-11-26",
  designWidth: 375,
  deviceRatio: { 375: 2, 750: 1 },
  sourceRoot: "src",
  outputRoot: `dist/${target}`,
  framework: "react",
  compiler: { type: "webpack5", prebundle: { enable: false } },
  cache: { enable: false },
  // WeChat's tool makes it small once more when it is uploaded.
  jsMinimizer: target === "weapp" ? "esbuild" : "terser",
  esbuild: { minify: { config: { target: "es2017" } } },
  logger: { quiet: true, stats: false },
  alias: { "@": source },
  defineConstants: { API_ORIGIN: JSON.stringify(origin) },
  plugins: [resolve(__dirname, "spoken.js")],
  copy: { patterns: [{ from: `src/${AS_IS[target]}`, to: `dist/${target}/${AS_IS[target]}` }], options: {} },
  mini: {
    compile,
    postcss: { pxtransform: { enable: false }, htmltransform: { enable: false } },
  },
  h5: {
    compile,
    publicPath: "./",
    staticDirectory: "static",
    router: { mode: "hash" },
    output: { filename: "js/[name].[contenthash:8].js", chunkFilename: "js/[name].[contenthash:8].js" },
    enableExtract: true,
    miniCssExtractPluginOption: {
      ignoreOrder: true,
      filename: "css/[name].[contenthash:8].css",
      chunkFilename: "css/[name].[contenthash:8].css",
    },
    postcss: { autoprefixer: { enable: true }, pxtransform: { enable: false } },
    webpackChain: slim,
  },
};

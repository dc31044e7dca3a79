/**
 * A webpack plugin: the home screen's scripts and styles are named in the page itself, so that they come with the rest. They are
 * a chunk of their own, which would otherwise be asked for only when everything else has been fetched and run.
 */
const HtmlPlugin = require("html-webpack-plugin");

const HOME = /[\\/]pages[\\/]index[\\/]index/;
const KINDS = { ".js": "script", ".css": "style" };

module.exports = class FirstScreen {
  apply(compiler) {
    compiler.hooks.compilation.tap("FirstScreen", (compilation) => {
      HtmlPlugin.getHooks(compilation).alterAssetTagGroups.tap("FirstScreen", (page) => {
        const home = compilation.chunkGroups.find((group) => group.origins.some(({ request }) => HOME.test(request ?? "")));
        if (home === undefined) throw new Error("the home screen is no chunk of its own any more: config/first-screen.js");
        const named = page.headTags.map(({ attributes }) => attributes.src ?? attributes.href);
        for (const file of home.getFiles()) {
          const as = KINDS[file.slice(file.lastIndexOf("."))];
          if (as && !named.includes(`./${file}`)) page.headTags.push({ tagName: "link", voidTag: true, attributes: { rel: "preload", as, href: `./${file}` }, meta: {} });
        }
        return page;
      });
    });
  }
};

/**
 * A plugin of Taro's: its templates for WeChat name every attribute that may ever be set, and leave out those that WeChat's
 * screen reader reads. Without this each `ariaLabel` of `src/ui/elements.weapp.tsx` ends in the page's data and is never said.
 */
const { resolve } = require("node:path");
const spoken = require("../src/platform/spoken.json");

const attributes = (words) => Object.fromEntries(words.map((word) => [`aria-${word}`, ""]));

module.exports = (context) => {
  context.registerMethod({
    name: "onSetupClose",
    fn: (platform) => {
      if (platform.platform !== "weapp") return;
      platform.template.mergeComponents(context, Object.fromEntries(Object.entries(spoken).map(([name, words]) => [name, attributes(words)])));
      platform.runtimePath = [platform.runtimePath, resolve(__dirname, "..", "src", "platform", "spoken.weapp.js")];
    },
  });
};

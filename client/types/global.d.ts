/// <reference types="@tarojs/taro" />
declare module "*.css";
// The tests' document; its types are a package of their own.
declare module "jsdom";

declare module "*/outlines.mjs" {
  /** The text of src/pages/nearby/outlines.json. */
  export function made(): string;
}

/// <reference types="@tarojs/taro" />
declare module "*.css";
// The tests' document; its types are a package of their own.
declare module "jsdom";

// Stands in for @tarojs/router's style.js: see `slim` in config/index.ts.
export function addStyle() {}
export function loadAnimateStyle() {}
export function loadNavigationBarStyle() {}
export function loadRouterStyle() {}

import words from "./text/zh_CN/permissions.json";

/**
 * Every screen. The main package holds what most people open first; the rest are sub-packages, one a part, loaded when
 * they are opened. Paths are a contract: the chat, notices and posters lead to them.
 */
export default defineAppConfig({
  pages: ["pages/index/index", "pages/index/scan", "pages/nearby/index", "pages/nearby/facility"],
  subPackages: [
    { root: "pages/programmes", pages: ["index", "programme", "prescreen"] },
    { root: "pages/applications", pages: ["index", "application", "form"] },
    { root: "pages/notices", pages: ["index", "draws", "draw"] },
    { root: "pages/objections", pages: ["index", "objection"] },
    { root: "pages/me", pages: ["index", "identity", "consents", "children", "household", "proxies", "data", "erase", "gone"] },
    { root: "pages/messages", pages: ["index", "thread"] },
    { root: "pages/feedback", pages: ["index", "new", "piece", "public"] },
    { root: "pages/indicators", pages: ["index", "indicator"] },
    { root: "pages/circles", pages: ["index"] },
    { root: "pages/elders", pages: ["index", "link", "elder"] },
    { root: "pages/visits", pages: ["index", "book", "wait"] },
    { root: "pages/visitor", pages: ["index", "stop", "unlisted"] },
    { root: "pages/childcare", pages: ["placement"] },
    { root: "pages/housing", pages: ["tenancy"] },
  ],
  animation: false,
  darkmode: true,
  themeLocation: "theme.json",
  window: {
    navigationStyle: "default",
    navigationBarBackgroundColor: "@bar",
    navigationBarTextStyle: "@barText",
    backgroundColor: "@ground",
    backgroundTextStyle: "@pull",
  },
  permission: { "scope.userLocation": { desc: words.position } },
  requiredPrivateInfos: ["getLocation"],
});

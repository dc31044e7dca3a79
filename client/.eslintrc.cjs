/** Small on purpose: types are checked by tsc, so what stays is what types do not see. */
module.exports = {
  root: true,
  parser: "@typescript-eslint/parser",
  parserOptions: { project: "./tsconfig.json", tsconfigRootDir: __dirname },
  plugins: ["@typescript-eslint", "react-hooks"],
  extends: ["eslint:recommended", "plugin:@typescript-eslint/recommended", "plugin:react-hooks/recommended"],
  env: { es2020: true },
  ignorePatterns: ["dist", "node_modules", "src/api/schema.ts", "*.js", "*.cjs", "*.mjs", "vitest.config.mts"],
  rules: {
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    "@typescript-eslint/no-explicit-any": "error",
    "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "max-lines": ["error", 400],
    "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
    "no-console": "error",
    "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
    eqeqeq: "error",
    "no-restricted-syntax": [
      "error",
      { selector: "Literal[value=/[\\u4e00-\\u9fff]/]", message: "A sentence belongs in src/text/zh_CN." },
      { selector: "JSXText[value=/[\\u4e00-\\u9fff]/]", message: "A sentence belongs in src/text/zh_CN." },
      { selector: "TemplateElement[value.raw=/[\\u4e00-\\u9fff]/]", message: "A sentence belongs in src/text/zh_CN." },
      { selector: "Literal[value=/^https?:/]", message: "An address belongs in src/settings.json." },
    ],
    "no-restricted-globals": [
      "error",
      { name: "localStorage", message: "Use `platform().plain` or, for personal data, `platform().secret`." },
      { name: "sessionStorage", message: "Use `platform()`." },
      { name: "fetch", message: "Use the API client." },
    ],
  },
  overrides: [
    { files: ["src/platform/*.h5.ts"], rules: { "no-restricted-globals": "off" } },
    { files: ["config/**"], rules: { "no-restricted-syntax": "off", "@typescript-eslint/no-require-imports": "off" } },
    { files: ["tests/**"], rules: { "no-restricted-syntax": "off", "max-lines-per-function": "off" } },
  ],
};

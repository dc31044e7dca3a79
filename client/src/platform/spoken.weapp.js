/** At run time, what `config/spoken.js` adds to the templates: both must number the attributes alike. */
import { mergeInternalComponents } from "@tarojs/shared";
import spoken from "./spoken.json";

mergeInternalComponents(Object.fromEntries(Object.entries(spoken).map(([name, words]) => [name, Object.fromEntries(words.map((word) => [`aria-${word}`, ""]))])));

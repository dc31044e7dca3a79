/** What stands in a code is no scene of ours when it is this. */
const NONE = "-";

/** The scene that a code holds; WeChat hands it over encoded once more than an address does. */
export function sceneIn(told: string | undefined): string {
  if (told === undefined || told === "") return NONE;
  try {
    return decodeURIComponent(told);
  } catch {
    return told;
  }
}

import { expect, it } from "vitest";
import { sceneIn } from "@/ui/scene";

it.each([
  ["6G6KT0HJE02P3RZAPJ3PC8XAEB", "6G6KT0HJE02P3RZAPJ3PC8XAEB"],
  ["a%3D1", "a=1"],
  // What cannot be decoded is asked for as it is, and none at all as one that nothing has: both are answered in words.
  ["50%", "50%"], ["", "-"], [undefined, "-"],
])("of %s the scene is %s", (told, scene) => expect(sceneIn(told)).toBe(scene));

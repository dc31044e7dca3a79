import { View } from "@tarojs/components";
import paths from "./symbols.json";
import { type SymbolProps } from "./elements.types";

/** A mini-program has no inline SVG: the drawing is a mask, so that it takes the colour of the words beside it. */
export function Symbol({ name, className }: SymbolProps) {
  const drawing = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='#000' stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'><path d='${paths[name as keyof typeof paths]}'/></svg>`;
  const mask = `url("data:image/svg+xml,${encodeURIComponent(drawing)}")`;
  return <View className={`symbol ${className ?? ""}`} style={{ maskImage: mask, WebkitMaskImage: mask, backgroundColor: "currentColor" }} aria-hidden />;
}

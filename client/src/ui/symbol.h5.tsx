import paths from "./symbols.json";
import { type SymbolProps } from "./elements.types";

/** A drawing beside words; it is never the only thing that tells what a button does. */
export function Symbol({ name, className }: SymbolProps) {
  return (
    <svg className={`symbol ${className ?? ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name as keyof typeof paths]} />
    </svg>
  );
}

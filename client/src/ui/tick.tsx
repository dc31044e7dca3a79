import { type ReactNode } from "react";
import { Press, Words } from "./elements";

/** Something to agree to, or that is so. */
export function Tick({ on, onTick, children }: { on: boolean; onTick: (on: boolean) => void; children: ReactNode }) {
  return (
    <Press className={`choice ${on ? "on" : ""}`} role="checkbox" checked={on} onPress={() => onTick(!on)}>
      <Words className="choice-mark" hidden>{on ? "☑" : "☐"}</Words>
      <Words>{children}</Words>
    </Press>
  );
}

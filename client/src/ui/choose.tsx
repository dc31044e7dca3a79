import { type ReactNode } from "react";
import { common } from "@/text";
import { Box, Press, Words } from "./elements";
import "./choose.css";

interface ChooseProps {
  id: string;
  label: string;
  help?: string;
  fault?: string;
  required?: boolean;
  many?: boolean;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
}

/** One of a few, or some of them: large lines to press rather than a small list that opens. */
export function Choose({ id, label, help, fault, required, many, options, chosen, onChosen }: ChooseProps) {
  const press = (token: string) => {
    if (!many) return onChosen([token]);
    onChosen(options.map((each) => each.value).filter((each) => (each === token) !== chosen.includes(each)));
  };
  return (
    <Box className="field" role={many ? "group" : "radiogroup"} label={label} describedBy={fault ? `${id}-fault` : undefined}>
      <Box className="label">
        {label}
        {required && <Words className="needed">{common.required}</Words>}
      </Box>
      {help && <Words as="p" className="help">{help}</Words>}
      <Box className="pick-lines">
        {options.map((each) => (
          <Line key={each.value} many={many} on={chosen.includes(each.value)} onPress={() => press(each.value)}>{each.label}</Line>
        ))}
      </Box>
      {fault && <Words as="p" className="fault" id={`${id}-fault`} role="alert">{fault}</Words>}
    </Box>
  );
}

/** Something to agree to. */
export function Tick({ on, onTick, children }: { on: boolean; onTick: (on: boolean) => void; children: ReactNode }) {
  return <Line many on={on} onPress={() => onTick(!on)}>{children}</Line>;
}

function Line({ many, on, onPress, children }: { many?: boolean; on: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <Press className={`pick-line ${on ? "on" : ""}`} role={many ? "checkbox" : "radio"} checked={on} onPress={onPress}>
      <Words className="pick-mark" hidden>{on ? (many ? "☑" : "◉") : many ? "☐" : "○"}</Words>
      <Words>{children}</Words>
    </Press>
  );
}

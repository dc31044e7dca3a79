/** Buttons, entries, chips and fields. Every target is at least 48 px high (`--target`). */
import { type ReactNode } from "react";
import { common } from "@/text";
import { Box, Label, Press, type PressProps, Words } from "./elements";
import { Symbol } from "./symbol";

interface ButtonProps extends Omit<PressProps, "className"> {
  /** The one that most people want; the others are quiet. */
  main?: boolean;
  danger?: boolean;
  wide?: boolean;
  symbol?: string;
}

export function Button({ main, danger, wide, symbol, children, ...press }: ButtonProps) {
  const look = `button ${main ? "main-button" : "quiet"} ${danger ? "danger" : ""} ${wide ? "wide" : ""}`;
  return (
    <Press {...press} className={look}>
      {symbol && <Symbol name={symbol} />}
      <Words>{press.busy ? common.busy : children}</Words>
    </Press>
  );
}

/** A large way to a section, with what waits there. */
export function Entry({ symbol, label, about, count, onPress }: { symbol: string; label: string; about?: string; count?: string; onPress: () => void }) {
  return (
    <Press className="entry" onPress={onPress}>
      <Symbol name={symbol} className="entry-symbol" />
      <Box className="entry-words">
        <Words className="entry-label">{label}</Words>
        {about && <Words className="entry-about">{about}</Words>}
      </Box>
      {count && <Words className="count">{count}</Words>}
    </Press>
  );
}

/** A filter that is on or off. */
export function Chip({ on, onPress, children }: { on: boolean; onPress: () => void; children: ReactNode }) {
  return <Press className={`chip ${on ? "on" : ""}`} pressed={on} onPress={onPress}>{children}</Press>;
}

export function Tag({ look = "", children }: { look?: "" | "good" | "bad" | "calm"; children: ReactNode }) {
  return <Words className={`tag ${look}`}>{children}</Words>;
}

/** A labelled field with help and fault; `children` gets the ids that tie them together. */
export function Field({ id, label, help, fault, required, children }: {
  id: string; label: string; help?: string; fault?: string; required?: boolean;
  children: (tied: { id: string; label: string; describedBy?: string; wrong: boolean; required?: boolean }) => ReactNode;
}) {
  const described = [help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <Box id={`${id}-field`} className={`field ${fault ? "wrong" : ""}`}>
      <Label of={id}>
        {label}
        {required && <Words className="needed">{common.required}</Words>}
      </Label>
      {help && <Words as="p" className="help" id={`${id}-help`}>{help}</Words>}
      {children({ id, label, describedBy: described || undefined, wrong: Boolean(fault), required })}
      {fault && <Words as="p" className="fault" id={`${id}-fault`} role="alert">{fault}</Words>}
    </Box>
  );
}

export function Card({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <Box as="section" className="card" label={title}>
      {title && <Words as="h2">{title}</Words>}
      {children}
    </Box>
  );
}

/** Facts as name and value; a value that is missing leaves its line out. */
export function Facts({ lines }: { lines: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Box as="dl" className="facts">
      {lines.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => (
        <Box key={name} className="fact">
          <Box as="dt">{name}</Box>
          <Box as="dd">{value}</Box>
        </Box>
      ))}
    </Box>
  );
}

/** Plain elements of HTML: a browser and its screen reader know them without our help. */
import { createContext, createElement, forwardRef, useContext, useEffect, useId, useRef } from "react";
import {
  type BoxProps, type DayProps, type PanelProps, type PickProps, type PictureProps, type PressProps, type TextBoxProps, type WordsProps,
} from "./elements.types";

export * from "./elements.types";

const KINDS = { text: "text", search: "search", phone: "tel", number: "text", id: "text", decimal: "text", password: "password" } as const;
const KEYBOARDS = { text: undefined, search: "search", phone: "tel", number: "numeric", id: undefined, decimal: "decimal", password: undefined } as const;

// Screens that lie below this one stay in the document: the name is of this group alone, whatever its id.
const Radios = createContext<string | undefined>(undefined);

export function Box(props: BoxProps) {
  return props.role === "radiogroup" ? <RadioGroup {...props} /> : plain(props);
}

function RadioGroup(props: BoxProps) {
  return <Radios.Provider value={useId()}>{plain(props)}</Radios.Provider>;
}

function plain({ as = "div", label, describedBy, live, hidden, busy, required, ...rest }: BoxProps) {
  return createElement(as, {
    ...rest, "aria-label": label, "aria-describedby": describedBy, "aria-live": live, "aria-hidden": hidden || undefined, "aria-busy": busy || undefined,
    "aria-required": required || undefined,
  });
}

/** Takes the keyboard when it opens, and with it the screen reader; Escape closes it. */
export function Panel({ label, className, onClose, children }: PanelProps) {
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => shown.current?.focus(), []);
  return (
    <div ref={shown} className={className} role="group" aria-label={label} tabIndex={-1} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      {children}
    </div>
  );
}

export const Words = forwardRef<HTMLElement, WordsProps & { focusable?: boolean }>(function Words(
  { as = "span", label, describedBy, hidden, focusable, ...rest }, ref,
) {
  return createElement(as, {
    ...rest, ref, "aria-label": label, "aria-describedby": describedBy, "aria-hidden": hidden || undefined, tabIndex: focusable ? -1 : undefined,
  });
});

export function Press(props: PressProps) {
  return props.role === "radio" ? <Radio {...props} /> : <Pressed {...props} />;
}

/** A browser's own: one stop of the Tab key a group, the arrow keys choose. Chosen once more it may be taken back. */
function Radio({ onPress, className, disabled, busy, checked = false, label, describedBy, id, children }: PressProps) {
  const choose = () => {
    if (!busy) onPress();
  };
  return (
    <label className={`press radio ${className ?? ""}`}>
      {children}
      <input
        type="radio" className="radio-over" id={id} name={useContext(Radios)} checked={checked} disabled={disabled} aria-label={label} aria-describedby={describedBy} onChange={choose}
        onClick={() => checked && choose()}
      />
    </label>
  );
}

function Pressed({ onPress, className, disabled, busy, pressed, checked, role, expanded, current, label, describedBy, id, children }: PressProps) {
  return (
    <button
      type="button" id={id} className={`press ${className ?? ""}`} disabled={disabled} aria-disabled={busy || undefined} aria-busy={busy || undefined}
      aria-pressed={pressed} role={role} aria-checked={role === "tab" ? undefined : checked} aria-selected={role === "tab" ? checked : undefined}
      aria-expanded={expanded} aria-current={current ? "page" : undefined} aria-label={label} aria-describedby={describedBy}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {children}
    </button>
  );
}

export function TextBox({ value, onText, onDone, kind = "text", lines = 1, most, hint, required, wrong, disabled, label, describedBy, id }: TextBoxProps) {
  const shared = {
    id, value, disabled, placeholder: hint, maxLength: most, className: "textbox", autoComplete: "off",
    "aria-label": label, "aria-describedby": describedBy, "aria-required": required || undefined, "aria-invalid": wrong || undefined,
  };
  if (lines > 1) return <textarea {...shared} rows={lines} onChange={(event) => onText(event.target.value)} />;
  return (
    <input
      {...shared} type={KINDS[kind]} inputMode={KEYBOARDS[kind]} enterKeyHint={kind === "search" ? "search" : undefined}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.nativeEvent.isComposing) onDone?.();
      }}
    />
  );
}

export function Pick({ value, options, onPick, none, required, wrong, label, describedBy, id }: PickProps) {
  return (
    <select
      id={id} className="textbox" value={value} onChange={(event) => onPick(event.target.value)} aria-label={label} aria-describedby={describedBy}
      aria-required={required || undefined} aria-invalid={wrong || undefined}
    >
      <option value="">{none}</option>
      {options.map((each) => (
        <option key={each.value} value={each.value}>{each.label}</option>
      ))}
    </select>
  );
}

export function Day({ value, onDay, only = "day", first, last, required, wrong, label, describedBy, id }: DayProps) {
  return (
    <input
      id={id} className="textbox" type={only === "month" ? "month" : "date"} value={value} min={first} max={last}
      onChange={(event) => onDay(event.target.value)} aria-label={label} aria-describedby={describedBy} aria-required={required || undefined}
      aria-invalid={wrong || undefined}
    />
  );
}

export function Picture({ source, label, className }: PictureProps) {
  return <img className={className} src={source} alt={label} />;
}

/** The label of a field, tied to it by id. */
export function Label({ of, children }: { of: string; children: React.ReactNode }) {
  return <label htmlFor={of} className="label">{children}</label>;
}

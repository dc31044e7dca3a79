/** WeChat's components. Its screen reader takes roles and labels as `aria-*`, which Taro's types do not list. */
import { Button, Image, Input, Picker, Text, Textarea, View } from "@tarojs/components";
import { type ComponentType, forwardRef } from "react";
import {
  type BoxProps, type DayProps, type PanelProps, type PickProps, type PictureProps, type PressProps, type TextBoxProps, type WordsProps,
} from "./elements.types";

export * from "./elements.types";

const KINDS = { text: "text", search: "text", phone: "number", number: "number", id: "idcard", decimal: "digit", password: "text" } as const;
const ROLES: Record<string, string> = { nav: "navigation", ul: "list", li: "listitem", main: "main", header: "banner", section: "region" };
type Loose = ComponentType<Record<string, unknown>>;
const AnyView = View as unknown as Loose;
const AnyText = Text as unknown as Loose;
const AnyButton = Button as unknown as Loose;
const AnyInput = Input as unknown as Loose;
const AnyTextarea = Textarea as unknown as Loose;

export function Box({ as = "div", role, label, live, hidden, busy, describedBy: _, required: __, ...rest }: BoxProps) {
  return <AnyView {...rest} ariaRole={role ?? ROLES[as]} ariaLabel={label} ariaLive={live} ariaHidden={hidden} ariaBusy={busy} />;
}

/** WeChat has no keyboard to move: it is read aloud as it opens. */
export function Panel({ className, children }: PanelProps) {
  return <AnyView className={className} ariaRole="alert">{children}</AnyView>;
}

export const Words = forwardRef<unknown, WordsProps & { focusable?: boolean }>(function Words(
  { as = "span", label, hidden, className, describedBy: _, focusable: __, ...rest }, _ref,
) {
  const heading = as.startsWith("h") ? { ariaRole: "heading" } : {};
  const Made = as === "span" || as === "b" || as === "small" ? AnyText : AnyView;
  return <Made {...rest} {...heading} className={`as-${as} ${className ?? ""}`} ariaLabel={label} ariaHidden={hidden} />;
});

export function Press({ onPress, className, disabled, busy, pressed, checked, role, expanded, current, label, id, children }: PressProps) {
  return (
    <AnyButton
      id={id} className={`press ${className ?? ""}`} hoverClass="press-held" disabled={disabled} ariaRole={role ?? "button"} ariaLabel={label}
      ariaPressed={pressed} ariaChecked={checked} ariaSelected={current} ariaExpanded={expanded} ariaBusy={busy}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {children}
    </AnyButton>
  );
}

export function TextBox({ value, onText, onDone, kind = "text", lines = 1, most, hint, wrong, disabled, label, id }: TextBoxProps) {
  const shared = {
    id, value, disabled, placeholder: hint, maxlength: most ?? -1, className: `textbox ${wrong ? "wrong" : ""}`, ariaLabel: label ?? hint,
    onInput: (event: { detail: { value: string } }) => onText(event.detail.value),
  };
  if (lines > 1) return <AnyTextarea {...shared} autoHeight />;
  return <AnyInput {...shared} type={KINDS[kind]} password={kind === "password"} confirmType={kind === "search" ? "search" : "done"} onConfirm={() => onDone?.()} />;
}

export function Pick({ value, options, onPick, none, wrong, label, id }: PickProps) {
  const at = options.findIndex((each) => each.value === value);
  return (
    <Picker mode="selector" range={options.map((each) => each.label)} value={Math.max(0, at)} onChange={(event) => onPick(options[Number(event.detail.value)]?.value ?? "")}>
      <AnyView id={id} className={`textbox ${wrong ? "wrong" : ""}`} ariaRole="button" ariaLabel={`${label ?? ""} ${options[at]?.label ?? none}`}>{options[at]?.label ?? none}</AnyView>
    </Picker>
  );
}

export function Day({ value, onDay, only = "day", none, first, last, wrong, label, id }: DayProps) {
  return (
    <Picker mode="date" fields={only} value={value} start={first} end={last} onChange={(event) => onDay(event.detail.value)}>
      <AnyView id={id} className={`textbox ${wrong ? "wrong" : ""}`} ariaRole="button" ariaLabel={`${label ?? ""} ${value || none}`}>{value || none}</AnyView>
    </Picker>
  );
}

export function Picture({ source, label, className }: PictureProps) {
  const Any = Image as unknown as Loose;
  return <Any className={className} src={source} mode="aspectFill" ariaLabel={label} />;
}

export function Label({ children }: { of: string; children: React.ReactNode }) {
  return <View className="label">{children}</View>;
}

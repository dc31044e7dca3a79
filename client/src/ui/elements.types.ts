/** What the controls of both targets take. `elements.h5.tsx` and `elements.weapp.tsx` give the same names. */
import { type ReactNode } from "react";

export interface Spoken {
  /** Read aloud instead of the content. */
  label?: string;
  id?: string;
  /** The id of what explains or corrects this. */
  describedBy?: string;
}

export interface BoxProps extends Spoken {
  as?: "div" | "section" | "nav" | "ul" | "li" | "header" | "footer" | "main" | "article" | "dl" | "dd" | "dt";
  role?: string;
  className?: string;
  /** Said aloud when it changes. */
  live?: "polite" | "assertive";
  /** Only for the eye. */
  hidden?: boolean;
  busy?: boolean;
  /** Of a group of choices: one has to be made. */
  required?: boolean;
  children?: ReactNode;
}

/** What opens in place of the control that opened it, and gives the place back. */
export interface PanelProps {
  label: string;
  className?: string;
  onClose: () => void;
  children?: ReactNode;
}

export interface WordsProps extends Spoken {
  as?: "span" | "p" | "h1" | "h2" | "h3" | "b" | "small";
  className?: string;
  hidden?: boolean;
  role?: string;
  children?: ReactNode;
}

export interface PressProps extends Spoken {
  onPress: () => unknown;
  className?: string;
  disabled?: boolean;
  /** Under way: it cannot be pressed again, and says so. */
  busy?: boolean;
  /** On or off, for a filter. */
  pressed?: boolean;
  /** One of several, or ticked. */
  checked?: boolean;
  role?: "switch" | "checkbox" | "radio" | "tab";
  expanded?: boolean;
  current?: boolean;
  children?: ReactNode;
}

export interface TextBoxProps extends Spoken {
  value: string;
  onText: (text: string) => void;
  onDone?: () => void;
  kind?: "text" | "search" | "phone" | "number" | "id" | "decimal" | "password";
  lines?: number;
  most?: number;
  hint?: string;
  required?: boolean;
  wrong?: boolean;
  disabled?: boolean;
}

export interface Option {
  value: string;
  label: string;
}

export interface PickProps extends Spoken {
  value: string;
  options: readonly Option[];
  onPick: (value: string) => void;
  /** What stands there before anything is picked. */
  none: string;
  required?: boolean;
  wrong?: boolean;
}

export interface DayProps extends Spoken {
  /** `2026-12-01`, or `2026-12` where `only` is month. */
  value: string;
  onDay: (value: string) => void;
  only?: "day" | "month";
  none: string;
  first?: string;
  last?: string;
  required?: boolean;
  wrong?: boolean;
}

export interface PictureProps {
  source: string;
  label: string;
  className?: string;
}

export interface SymbolProps {
  name: string;
  className?: string;
}

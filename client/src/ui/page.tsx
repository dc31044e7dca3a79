/** The frame of every screen: bar with heading and way back, messages, content, and the main sections below. */
import Taro, { useDidShow } from "@tarojs/taro";
import { type ReactNode, useEffect, useRef } from "react";
import { platform } from "@/platform/current";
import { classesOf, display } from "@/state/display";
import { useStore } from "@/state/store";
import { common } from "@/text";
import { Box, Press, Words } from "./elements";
import { back } from "./go";
import { Nav } from "./nav";
import { usePull } from "./pull";
import { Symbol } from "./symbol";

export interface PageProps {
  title: string;
  /** One of the main sections: no way back, the sections are shown. */
  section?: string;
  /** Pull to refresh. */
  onRefresh?: () => Promise<unknown>;
  /** Buttons that stay at the foot of the screen. */
  foot?: ReactNode;
  children?: ReactNode;
}

export function Page({ title, section, onRefresh, foot, children }: PageProps) {
  const shown = useStore(display);
  const heading = useRef<HTMLElement>(null);
  const pulled = usePull(onRefresh);
  const own = platform().target === "h5";
  useEffect(() => void Taro.setNavigationBarTitle({ title }), [title]);
  // A screen reader begins a new screen at its heading.
  useDidShow(() => {
    if (own) heading.current?.focus({ preventScroll: true });
  });
  return (
    <Box className={`frame ${classesOf(shown)}`} {...pulled.touch}>
      {own && (
        <Box as="header" className="bar">
          {section === undefined && (
            <Press className="bar-back" label={common.back} onPress={back}><Symbol name="back" /></Press>
          )}
          <Words as="h1" ref={heading} focusable className="bar-title">{title}</Words>
        </Box>
      )}
      {pulled.hint !== "" && <Box className="pull" live="polite">{pulled.hint}</Box>}
      <Box as="main" className="main">{children}</Box>
      {foot !== undefined && <Box className="foot">{foot}</Box>}
      {section !== undefined && <Nav section={section} />}
    </Box>
  );
}

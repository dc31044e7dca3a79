import { usePageNotFound } from "@tarojs/taro";
import { type ReactNode, useEffect } from "react";
import { rememberPlace } from "@/state/place";
import { sendOn } from "@/state/sending";
import { keepFocus } from "@/ui/focus";
import { pages, switchTo } from "@/ui/go";
import "./app.css";
import "./styles/target";

/** The app around all screens: nothing but what the phone remembers, and home for an address that is none. */
export default function App({ children }: { children: ReactNode }) {
  useEffect(() => {
    keepFocus();
    void rememberPlace();
    void sendOn();
  }, []);
  usePageNotFound(() => switchTo(pages.home));
  return children;
}

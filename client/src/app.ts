import { type ReactNode, useEffect } from "react";
import { rememberPlace } from "@/state/place";
import "./app.css";
import "./styles/target";

/** The app around all screens: nothing but what the phone remembers. */
export default function App({ children }: { children: ReactNode }) {
  useEffect(() => void rememberPlace(), []);
  return children;
}

/** A long form that cannot be sent yet shows why: the first field that is wrong comes into view. */
import Taro from "@tarojs/taro";
import { useEffect, useState } from "react";
import { focusOn } from "./focus";

// Below the screen's title.
const ABOVE_PX = 72;

/** `fields`: ids of those that are wrong, the first first. Call the answer each time somebody tries to go on. */
export function useFirstFault(fields: readonly string[]): () => void {
  const [tries, setTries] = useState(0);
  const first = fields[0];
  useEffect(() => {
    if (tries === 0 || !first) return;
    focusOn(`${first}-field`);
    void Taro.pageScrollTo({ selector: `#${first}-field`, offsetTop: -ABOVE_PX, duration: 0 });
  }, [tries]); // eslint-disable-line react-hooks/exhaustive-deps
  return () => setTries((before) => before + 1);
}

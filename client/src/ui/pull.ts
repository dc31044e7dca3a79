/** Pull to refresh: WeChat's own in the mini-program, a few lines of touch in H5. */
import Taro, { usePullDownRefresh } from "@tarojs/taro";
import { type TouchEvent, useRef, useState } from "react";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import { common } from "@/text";

interface Pulled {
  hint: string;
  touch: Record<string, (event: TouchEvent) => void>;
}

export function usePull(refresh?: () => Promise<unknown>): Pulled {
  const from = useRef<number | null>(null);
  const [hint, setHint] = useState("");
  usePullDownRefresh(() => void Promise.resolve(refresh?.()).finally(() => Taro.stopPullDownRefresh()));
  if (refresh === undefined || platform().target !== "h5") return { hint: "", touch: {} };
  const far = (event: TouchEvent) => from.current !== null && (event.changedTouches[0]?.clientY ?? 0) - from.current > settings.pull_px;
  return {
    hint,
    touch: {
      onTouchStart: (event) => {
        const scrolled = (event.currentTarget as Element).closest(".taro_page")?.scrollTop ?? 0;
        from.current = scrolled <= 0 ? (event.touches[0]?.clientY ?? null) : null;
      },
      onTouchMove: (event) => setHint(far(event) ? common.release : ""),
      onTouchEnd: (event) => {
        const pulled = far(event);
        from.current = null;
        setHint(pulled ? common.loading : "");
        if (pulled) void refresh().finally(() => setHint(""));
      },
    },
  };
}

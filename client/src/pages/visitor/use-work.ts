import { useDidShow } from "@tarojs/taro";
import { useEffect } from "react";
import { platform } from "@/platform/current";
import settings from "@/settings.json";
import { useStore } from "@/state/store";
import { work, type Workday } from "./workday";

/** The day, opened with the screen; what waits is sent when the network is back, and every minute while a screen is open. */
export function useWork(): Workday {
  const shown = useStore(work.store);
  useDidShow(() => void work.open());
  useEffect(() => {
    const send = () => {
      if (work.store.get().notes.some((each) => each.answer === null)) void work.refresh();
    };
    const heard = platform().onOnline(send);
    const timer = setInterval(send, settings.upload_every_ms);
    return () => {
      heard();
      clearInterval(timer);
    };
  }, []);
  return shown;
}

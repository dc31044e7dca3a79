/** Photos on their way, as a screen sees them. */
import { useDidShow } from "@tarojs/taro";
import { useEffect, useRef } from "react";
import { photos } from "@/state/sending";
import { type Photo } from "@/state/photos";
import { useStore } from "@/state/store";
import { fill } from "@/text";
import words from "@/text/zh_CN/form.json";
import { Button } from "./controls";
import { Box, Words } from "./elements";
import { Trouble } from "./states";

const WHOLE = 100;

/** Those of one scope; what an earlier start left behind is sent. */
export function usePhotos(scope: string): readonly Photo[] {
  useDidShow(() => void photos.resume());
  return useStore(photos.all).filter((each) => each.target.scope === scope);
}

/** `then` whenever one of them has arrived, wherever on the screen, and whichever start of the client sent it. */
export function useArrived(scope: string, then: () => unknown): void {
  const told = useRef(then);
  told.current = then;
  useEffect(() => photos.onSent((target) => void (target.scope === scope && told.current())), [scope]);
}

/** How far each is, and what to do about one that did not get through. */
export function Sending({ photos: shown }: { photos: readonly Photo[] }) {
  return (
    <>
      {shown.map((each) => (
        <Box key={each.id} className="stack" live="polite">
          <Words>{said(each)} · {each.name}</Words>
          {!each.safe && each.stage !== "waits" && <Words as="p" className="soft small">{words.sending_unsafe}</Words>}
          {each.problem && <Trouble problem={each.problem} />}
          {each.stage === "failed" && (
            <Box className="row fill">
              <Button wide label={fill(words.photo_drop_label, { name: each.name })} onPress={() => photos.drop(each.id)}>{words.paper_remove}</Button>
              <Button main wide label={fill(words.send_again_label, { name: each.name })} onPress={() => photos.again(each.id)}>{words.send_again}</Button>
            </Box>
          )}
        </Box>
      ))}
    </>
  );
}

function said({ stage, sent }: Photo): string {
  if (stage === "failed") return words.send_failed;
  return stage === "waits" ? words.sending_waits : fill(words.sending_part, { n: Math.floor(sent * WHOLE) });
}

import { type ReactNode, useEffect, useState } from "react";
import { session } from "@/api";
import { isGone } from "@/api/session";
import { common } from "@/text";
import { Button, Card } from "./controls";
import { Words } from "./elements";
import { Trouble } from "./states";

/**
 * What is somebody's own. Nobody is signed in, and no account made, before somebody asks for it. Where the session has
 * ended meanwhile this says why: what was typed stays on the screen, unless the account is no more.
 */
export function Own({ about = common.sign_in_text, children }: { about?: string; children: ReactNode }) {
  const [asked, setAsked] = useState(session.known());
  const [ended, setEnded] = useState(session.ended());
  useEffect(() => session.watch(() => {
    const why = session.ended();
    setEnded(why);
    if (isGone(why)) setAsked(false);
  }), []);
  const begin = () => {
    session.begin();
    setEnded(null);
    setAsked(true);
  };
  if (asked) return <>{ended && <Trouble problem={ended} onAgain={() => setEnded(null)} />}{children}</>;
  if (ended && isGone(ended)) return <Trouble problem={ended} onAgain={begin} />;
  return (
    <Card title={common.sign_in}>
      <Words as="p">{about}</Words>
      <Button main wide onPress={begin}>{common.sign_in}</Button>
    </Card>
  );
}

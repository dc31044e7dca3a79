import { type ReactNode, useState } from "react";
import { session } from "@/api";
import { common } from "@/text";
import { Button, Card } from "./controls";
import { Words } from "./elements";

/** What is somebody's own. Nobody is signed in, and no account made, before somebody asks for it. */
export function Own({ about = common.sign_in_text, children }: { about?: string; children: ReactNode }) {
  const [asked, setAsked] = useState(session.known());
  if (asked) return <>{children}</>;
  return (
    <Card title={common.sign_in}>
      <Words as="p">{about}</Words>
      <Button main wide onPress={() => setAsked(true)}>{common.sign_in}</Button>
    </Card>
  );
}

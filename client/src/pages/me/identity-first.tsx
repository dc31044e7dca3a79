import words from "@/text/zh_CN/me.json";
import { Button } from "@/ui/controls";
import { go, pages } from "@/ui/go";
import { Empty } from "@/ui/states";

/** Others are registered by somebody who is known. */
export function IdentityFirst() {
  return <Empty text={words.identity_first}><Button main onPress={() => go(pages.identity)}>{words.identity_first_do}</Button></Empty>;
}

import { platform } from "@/platform/current";
import words from "@/text/zh_CN/me.json";
import { Button } from "./controls";
import { Words } from "./elements";

interface PhoneButtonProps {
  busy: boolean;
  onCode: (code: string) => unknown;
  children: string;
}

/** A browser knows no phone number: the channel that opened the page may give a code for it. */
export function PhoneButton({ busy, onCode, children }: PhoneButtonProps) {
  const code = platform().phoneCode();
  if (code === null) return <Words as="p" className="say">{words.identity.phone_elsewhere}</Words>;
  return <Button main wide symbol="call" busy={busy} onPress={() => onCode(code)}>{children}</Button>;
}

import { Button } from "@tarojs/components";
import { type ComponentType } from "react";
import { common } from "@/text";

const AnyButton = Button as unknown as ComponentType<Record<string, unknown>>;

interface PhoneButtonProps {
  busy: boolean;
  onCode: (code: string) => unknown;
  children: string;
}

/** WeChat asks the person itself, and gives a code for the number; without one they have refused. */
export function PhoneButton({ busy, onCode, children }: PhoneButtonProps) {
  return (
    <AnyButton
      className="press button main-button wide" openType="getPhoneNumber" disabled={busy}
      onGetPhoneNumber={({ detail }: { detail: { code?: string } }) => detail.code && onCode(detail.code)}
    >
      {busy ? common.busy : children}
    </AnyButton>
  );
}

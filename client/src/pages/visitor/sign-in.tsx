import { useState } from "react";
import { type Staff } from "@/api";
import { useDoing } from "@/ui/answers";
import { Button, Card, Field } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { Trouble } from "@/ui/states";
import words from "@/text/zh_CN/visitor.json";
import { work } from "./workday";

const said = words.sign_in;
const REFUSED = 401;

/** Name, password and, where the account has one, a code. `over`: who was signed in until now. */
export function SignIn({ over }: { over: Staff | null }) {
  const [username, setUsername] = useState(over?.username ?? "");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  const fault = (text: string) => (asked && text.trim() === "" ? said.missing : undefined);
  const signIn = async () => {
    setAsked(true);
    if (username.trim() === "" || password === "") return;
    await doing.run(() => work.signIn(username.trim(), password, otp.trim()));
  };
  return (
    <Card title={said.do}>
      {over ? <Box className="say">{said.over}</Box> : <Words as="p" className="soft">{said.lead}</Words>}
      {doing.problem && doing.problem.status !== REFUSED && <Trouble problem={doing.problem} onAgain={signIn} />}
      {doing.problem?.status === REFUSED && <Words as="p" className="fault" role="alert">{doing.problem.detail}</Words>}
      <Field id="staff-username" label={said.username} required fault={fault(username)}>
        {(tied) => <TextBox {...tied} value={username} onText={setUsername} most={64} />}
      </Field>
      <Field id="staff-password" label={said.password} required fault={fault(password)}>
        {(tied) => <TextBox {...tied} kind="password" value={password} onText={setPassword} onDone={signIn} most={200} />}
      </Field>
      <Field id="staff-otp" label={said.otp} help={said.otp_help}>
        {(tied) => <TextBox {...tied} value={otp} onText={setOtp} onDone={signIn} most={40} />}
      </Field>
      <Box className="row fill">
        <Button main wide busy={doing.busy} onPress={signIn}>{said.do}</Button>
        {over && <Button wide onPress={() => work.leave()}>{said.other}</Button>}
      </Box>
    </Card>
  );
}

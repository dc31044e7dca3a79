import { useState } from "react";
import { Button } from "./controls";
import { Box, Panel, Words } from "./elements";

interface SureProps {
  /** The first button. */
  label: string;
  /** What follows from it, asked before it is done. */
  question: string;
  yes: string;
  no: string;
  main?: boolean;
  danger?: boolean;
  busy?: boolean;
  /** Gives false where it failed: then the question stays. */
  onYes: () => unknown;
  /** false: something is missing yet, the first button only says so. */
  ready?: boolean;
  onNotReady?: () => void;
}

/** A second look before something that cannot be taken back. */
export function Sure({ label, question, yes, no, main, danger, busy, onYes, ready = true, onNotReady }: SureProps) {
  const [asking, setAsking] = useState(false);
  const first = () => (ready ? setAsking(true) : onNotReady?.());
  const yesIndeed = async () => {
    if ((await onYes()) !== false) setAsking(false);
  };
  if (!asking || !ready) return <Button wide main={main} danger={danger} busy={busy} onPress={first}>{label}</Button>;
  return (
    <Panel className="card raised sure" label={question} onClose={() => setAsking(false)}>
      <Words as="p">{question}</Words>
      <Box className="row fill">
        <Button wide onPress={() => setAsking(false)}>{no}</Button>
        <Button wide main={!danger} danger={danger} busy={busy} onPress={yesIndeed}>{yes}</Button>
      </Box>
    </Panel>
  );
}

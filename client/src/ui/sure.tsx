import { useState } from "react";
import { Button } from "./controls";
import { Box, Words } from "./elements";

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
  onYes: () => unknown;
}

/** A second look before something that cannot be taken back. */
export function Sure({ label, question, yes, no, main, danger, busy, onYes }: SureProps) {
  const [asking, setAsking] = useState(false);
  if (!asking) return <Button wide main={main} danger={danger} busy={busy} onPress={() => setAsking(true)}>{label}</Button>;
  return (
    <Box className="card raised sure" role="alert">
      <Words as="p">{question}</Words>
      <Box className="row fill">
        <Button wide onPress={() => setAsking(false)}>{no}</Button>
        <Button wide main={!danger} danger={danger} busy={busy} onPress={onYes}>{yes}</Button>
      </Box>
    </Box>
  );
}

import { useState } from "react";
import { type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { Button, Tag } from "./controls";
import { Box, Words } from "./elements";

export type ConsentTexts = Schemas["ConsentTexts"];

/** The text of a purpose that is asked for now. */
export function currentText(texts: ConsentTexts) {
  return texts.versions.find((each) => each.version === texts.current);
}

/** What somebody is asked to agree to: what for, on which legal basis, and the words themselves. */
export function ConsentText({ texts, folded = false }: { texts: ConsentTexts; folded?: boolean }) {
  const [open, setOpen] = useState(!folded);
  const text = currentText(texts);
  if (!text) return null;
  return (
    <Box className="stack">
      <Box className="row">
        <Words as="b">{words.consents.for}：{texts.required_for}</Words>
        {text.sensitive && <Tag look="calm">{words.consents.sensitive}</Tag>}
      </Box>
      {open && <Words as="p" className="long-text">{text.text}</Words>}
      {open && <Words as="p" className="soft small">{words.consents.basis}：{text.articles.join("，")}</Words>}
      {folded && (
        <Button label={fill(words.consents.read_label, { title: text.title })} expanded={open} onPress={() => setOpen(!open)}>
          {open ? words.consents.fold : words.consents.read}
        </Button>
      )}
    </Box>
  );
}

import { useState } from "react";
import { now, open, type Schemas } from "@/api";
import words from "@/text/zh_CN/feedback.json";
import { useAnswer, usePages } from "@/ui/answers";
import { Field, Tag } from "@/ui/controls";
import { Box, Pick, Words } from "@/ui/elements";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { monthOf, monthWords } from "@/words";
import "./feedback.css";

type Published = Schemas["PublicFeedback"];

/** What others asked and were answered, with nobody to be recognised in it. */
export default function PublicFeedback() {
  const [theme, setTheme] = useState("");
  const themes = useAnswer(() => open.get("/feedback-themes", { query: { month: monthOf(now()) } }), []);
  const options = (themes.data?.items ?? []).map((each) => ({ value: each.theme, label: each.label }));
  const found = usePages<Published>((cursor) => {
    const query = { public: "true" as const, theme: theme || undefined, cursor };
    if (!theme && !cursor) return open.kept("public-feedback", "/feedback", { query });
    return open.get("/feedback", { query }).then((data) => ({ data, at: null }));
  }, [theme]);
  return (
    <Page title={words.public_title} onRefresh={found.reload}>
      <Words as="p" className="soft">{words.public_text}</Words>
      <Field id="theme" label={words.theme}>
        {(tied) => <Pick {...tied} value={theme} none={words.theme_all} options={options} onPick={setTheme} />}
      </Field>
      <List pages={found} label={words.public_title} keyOf={(each) => each.id} row={(each) => <One published={each} />} empty={<Empty text={words.public_none} />} />
    </Page>
  );
}

function One({ published }: { published: Published }) {
  return (
    <Box className="stack">
      <Box className="row">
        <Tag>{published.kind_label}</Tag>
        <Tag look="calm">{published.theme_label}</Tag>
        <Words className="soft small">{published.district} · {monthWords(published.month)}</Words>
      </Box>
      <Words as="p" className="piece-text">{words.question}：{published.question}</Words>
      <Words as="p" className="answer">{words.answer}：{published.answer}</Words>
    </Box>
  );
}

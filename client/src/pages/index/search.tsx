import { useState } from "react";
import { open } from "@/api";
import settings from "@/settings.json";
import { fill } from "@/text";
import words from "@/text/zh_CN/home.json";
import { useAnswer } from "@/ui/answers";
import { useCategories } from "@/ui/categories";
import { Button, Field } from "@/ui/controls";
import { Box, TextBox, Words } from "@/ui/elements";
import { FacilityCard } from "@/ui/facility-card";
import { go, pages } from "@/ui/go";
import { Skeleton, Trouble } from "@/ui/states";

/** One field for everything: facilities by name, pinyin or initials. */
export function Search() {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  return (
    <Box role="search" className="stack">
      <Field id="home-search" label={words.search}>
        {(tied) => (
          <Box className="row search-row">
            <TextBox {...tied} kind="search" value={typed} hint={words.search_hint} most={40} onDone={() => setAsked(typed.trim())} onText={(text) => {
              setTyped(text);
              if (text.trim() === "") setAsked("");
            }} />
            <Button symbol="search" onPress={() => setAsked(typed.trim())}>{words.search_do}</Button>
          </Box>
        )}
      </Field>
      {asked !== "" && <Found text={asked} />}
    </Box>
  );
}

function Found({ text }: { text: string }) {
  const categories = useCategories();
  const query = { q: text, datum: "gcj02" as const, limit: settings.search_facilities };
  const found = useAnswer(() => open.get("/facilities", { query }), [text]);
  if (found.problem) return <Trouble problem={found.problem} onAgain={found.reload} />;
  if (!found.data) return <Skeleton rows={2} />;
  if (found.data.items.length === 0) return <Words as="p" role="status">{fill(words.found_none, { text })}</Words>;
  return (
    <Box as="section" className="stack" label={words.found_facilities} live="polite">
      <Words as="h2">{words.found_facilities}</Words>
      <Box as="ul" className="list">
        {found.data.items.map((each) => (
          <Box as="li" key={each.id} className="list-row"><FacilityCard facility={each} category={categories.label(each.category)} /></Box>
        ))}
      </Box>
      {found.data.next && <Button wide onPress={() => go(pages.nearby, { q: text })}>{words.found_all}</Button>}
    </Box>
  );
}

import { type ReactNode } from "react";
import { common } from "@/text";
import { type Pages } from "./answers";
import { Box, Press, Words } from "./elements";
import { Empty, KeptNote, Skeleton, Trouble } from "./states";

interface ListProps<T> {
  pages: Pages<T>;
  /** Read before the list's content. */
  label: string;
  row: (item: T) => ReactNode;
  keyOf: (item: T) => string;
  empty?: ReactNode;
}

/** A list by pages with everything around it: skeleton, empty, problem, older copy, more. */
export function List<T>({ pages, label, row, keyOf, empty }: ListProps<T>) {
  const { items, problem, busy } = pages;
  if (items === null) return problem ? <Trouble problem={problem} onAgain={pages.reload} /> : <Skeleton />;
  return (
    <Box className="list-frame" busy={busy}>
      <KeptNote at={pages.keptAt} onAgain={pages.reload} />
      {problem && <Trouble problem={problem} onAgain={pages.reload} />}
      {items.length === 0 && !busy && (empty ?? <Empty />)}
      {items.length > 0 && (
        <Box as="ul" className="list" label={label}>
          {items.map((item) => <Box as="li" key={keyOf(item)} className="list-row">{row(item)}</Box>)}
        </Box>
      )}
      {pages.more && <Press className="button quiet wide" busy={busy} onPress={pages.next}>{busy ? common.loading : common.more}</Press>}
      {!pages.more && items.length > 0 && <Words as="p" className="soft centre">{common.all_shown}</Words>}
    </Box>
  );
}

import { sections } from "@/entries";
import { common } from "@/text";
import { Box, Press, Words } from "./elements";
import { switchTo } from "./go";
import { Symbol } from "./symbol";

/** The main sections, at the foot of each of them. */
export function Nav({ section }: { section: string }) {
  return (
    <Box as="nav" className="nav" label={common.nav.label}>
      {sections.map((each) => (
        <Press key={each.token} className="nav-item" current={each.token === section} onPress={() => each.token !== section && switchTo(each.page)}>
          <Symbol name={each.symbol} />
          <Words>{each.label}</Words>
        </Press>
      ))}
    </Box>
  );
}

import { now, open, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/notices.json";
import { usePages } from "@/ui/answers";
import { Button, Entry, Tag } from "@/ui/controls";
import { Box, Words } from "@/ui/elements";
import { go, pages } from "@/ui/go";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { moment } from "@/words";

type Notice = Schemas["NoticeView"];

export default function Notices() {
  const found = usePages<Notice>((cursor) => (cursor ? open.get("/public-notices", { query: { cursor } }).then((data) => ({ data, at: null })) : open.kept("notices", "/public-notices")), []);
  return (
    <Page title={words.title} onRefresh={found.reload}>
      <Entry symbol="dice" label={words.draws} about={words.draws_about} onPress={() => go(pages.draws)} />
      <Entry symbol="form" label={words.mine} about={words.mine_about} onPress={() => go(pages.objections)} />
      <Words as="h2">{words.list}</Words>
      <List pages={found} label={words.list} keyOf={(each) => each.id} row={(each) => <Row notice={each} />} empty={<Empty text={words.none} />} />
    </Page>
  );
}

function Row({ notice }: { notice: Notice }) {
  return (
    <Box className="stack">
      <Words as="b">{notice.programme_label}</Words>
      <Words as="p">{fill(words.line, { applicant: notice.applicant, district: notice.district, township: notice.township })}</Words>
      <Box className="row">
        <Tag>{notice.state_label}</Tag>
        {notice.ends_at && <Words className="soft small">{fill(words.until, { when: moment(notice.ends_at, now()) })}</Words>}
      </Box>
      <Box className="row"><Button label={`${words.object}：${notice.programme_label} ${notice.applicant}`} onPress={() => go(pages.objection, { notice: notice.id })}>{words.object}</Button></Box>
    </Box>
  );
}

import { useRouter } from "@tarojs/taro";
import { common } from "@/text";
import words from "@/text/zh_CN/me.json";
import { Button, Card } from "@/ui/controls";
import { Words } from "@/ui/elements";
import { pages, switchTo } from "@/ui/go";
import { Page } from "@/ui/page";

const ERASING = "erasing";

/** After an erasure: nothing here asks the product for anything, which would make a new account. */
export default function Gone() {
  const { params } = useRouter();
  return (
    <Page title={words.gone.title}>
      <Card title={words.gone.title}>
        <Words as="p" role="status">{params.state === ERASING ? words.gone.erasing : words.gone.erased}</Words>
        <Words as="p">{words.gone.after}</Words>
        <Button main wide onPress={() => switchTo(pages.home)}>{common.home}</Button>
      </Card>
    </Page>
  );
}

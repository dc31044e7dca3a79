import { open } from "@/api";
import { useKept } from "./answers";
import { type Option } from "./elements";

/** The kinds of services with their labels; kept for when there is no network. */
export function useCategories(): { options: Option[]; label: (token: string) => string } {
  const { data } = useKept(() => open.kept("categories", "/service-categories"), []);
  const options = (data?.items ?? []).map((each) => ({ value: each.token, label: each.label }));
  return { options, label: (token) => options.find((each) => each.value === token)?.label ?? "" };
}

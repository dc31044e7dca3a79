/** What a kind of facility leads to: the programme to apply for, or the visit to book. Childcare centres: `centre.tsx`. */
import words from "@/text/zh_CN/nearby.json";
import { pages } from "@/ui/go";

interface FacilityWay {
  label: string;
  symbol: string;
  page: string;
  values?: Readonly<Record<string, string>>;
  /** The programme is about facilities of the public hand. */
  publicOnly?: boolean;
}

const apply = (token: keyof typeof words.applies, symbol: string): FacilityWay => ({ label: words.applies[token], symbol, page: pages.programme, values: { token } });
const visit: FacilityWay = { label: words.book_visit, symbol: "elder", page: pages.elders };

export const ways: Readonly<Record<string, FacilityWay | undefined>> = {
  elder_care_home: { ...apply("elder_home_admission", "elder"), publicOnly: true },
  day_care_centre: visit,
  mutual_aid_centre: visit,
  housing_office: apply("public_rental_housing", "home"),
  rental_estate: apply("public_rental_housing", "home"),
  training_provider: apply("training_subsidy", "form"),
  disability_service: apply("disability_allowances", "form"),
};

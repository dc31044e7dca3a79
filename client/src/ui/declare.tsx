import { own, type Schemas } from "@/api";
import { fill } from "@/text";
import words from "@/text/zh_CN/me.json";
import { useDoing } from "./answers";
import { NOBODY, Person } from "./person";
import { Trouble } from "./states";
import { Sure } from "./sure";
import { useTyped } from "./typed";

type Me = Schemas["ResidentProfile"];
const KINDS = ["resident_id_card", "hmt_residence_permit"] as const;
type Kind = (typeof KINDS)[number];

/** One's real name, declared once and for good: hence the second look. The consent must be there. */
export function Declare({ me, onMe }: { me: Me; onMe: (me: Me) => void }) {
  const typed = useTyped(`${me.id}.identity`, NOBODY);
  const doing = useDoing();
  const { name, id_number, id_kind } = typed.value;
  const save = () => doing.run(async () => {
    // Where the answer was lost, what the product has tells whether it arrived.
    const before = doing.problem?.code === "no_answer" ? await own.get("/me") : null;
    const now = before?.identity ? before : await own.put("/me/identity", { body: { name, id_number, id_kind: id_kind as Kind } });
    await typed.clear();
    onMe(now);
  });
  const ready = name.trim() !== "" && id_number.trim() !== "";
  return (
    <>
      <Person id="identity" typed={typed} kinds={KINDS} problem={doing.problem} nameLabel={words.name} />
      {doing.problem && <Trouble problem={doing.problem} onAgain={save} />}
      {ready && (
        <Sure
          main label={words.identity.save} question={fill(words.identity.save_text, { name, number: id_number })}
          yes={words.identity.save_yes} no={words.identity.save_no} busy={doing.busy} onYes={save}
        />
      )}
    </>
  );
}

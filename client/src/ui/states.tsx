/** What stands in place of content: not yet, nothing, or a problem with what to do about it. */
import { type ReactNode } from "react";
import { now, type Problem, session } from "@/api";
import { common, fill } from "@/text";
import { moment } from "@/words";
import { wayOf } from "./advice";
import { Box, Press, Words } from "./elements";
import { go, pages, switchTo } from "./go";

export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <Box className="skeleton" busy role="status" label={common.loading}>
      {Array.from({ length: rows }, (_, row) => <Box key={row} className="skeleton-row" hidden />)}
    </Box>
  );
}

export function Empty({ text = common.empty, children }: { text?: string; children?: ReactNode }) {
  return (
    <Box className="empty" role="status">
      <Words as="p">{text}</Words>
      {children}
    </Box>
  );
}

/** A problem in words, its advice, and a way to try again where that may help. */
export function Trouble({ problem, onAgain }: { problem: Problem; onAgain?: () => unknown }) {
  // A session that has ended begins again by this press alone.
  const asks = problem.next === "ask";
  const way = wayOf(problem.code);
  const again = () => {
    if (asks) session.begin();
    return onAgain?.();
  };
  const helps = onAgain !== undefined && ["retry", "wait", "reload", "sign_in"].includes(problem.next);
  return (
    <Box className="trouble" role="alert">
      <Words as="p" className="trouble-what">{problem.detail}</Words>
      {problem.faults.length > 0 && (
        <Box as="ul" className="trouble-list">
          {problem.faults.map((fault) => <Box as="li" key={fault.field + fault.code}>{fault.detail}</Box>)}
        </Box>
      )}
      {problem.advice !== "" && <Words as="p">{problem.advice}</Words>}
      {way && <Press className="button" onPress={() => go(way.page)}>{way.label}</Press>}
      {problem.next === "home" && <Press className="button" onPress={() => switchTo(pages.home)}>{common.to_home}</Press>}
      {(helps || asks) && <Press className="button" onPress={again}>{asks ? common.sign_in : common.again}</Press>}
    </Box>
  );
}

/** Told where an older copy is shown because there is no network. */
export function KeptNote({ at, onAgain }: { at: number | null; onAgain: () => unknown }) {
  if (at === null) return null;
  return (
    <Box className="kept" role="status">
      <Words>{fill(common.kept, { when: moment(new Date(at).toISOString(), now()) })}</Words>
      <Press className="button quiet" onPress={onAgain}>{common.refresh}</Press>
    </Box>
  );
}

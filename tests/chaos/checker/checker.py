"""Checks the history of a run. Pure: a history in, violations out.

The checker replays the journal once, with the same ``decide`` and ``apply`` as the services. So it proves durability,
order and views. It does not prove the rules: a wrong rule is wrong here, too. ``tests/command`` tests the rules.

Every answer and every read names its position. The checker compares it with the replayed State at that position.

    python -m chaos.checker.checker test-results/chaos-7.jsonl
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from chaos.checker.error_contract import error_contract_violations
from chaos.checker.expect import key_of
from chaos.checker.realtime_order import Span, inversions
from chaos.checker.replay import Replay
from chaos.checker.state_dump import digest_of
from chaos.history.events import AnyEvent, Read, read
from chaos.history.excerpt import excerpt
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.write.idempotency import Key


def check(events: Iterable[AnyEvent]) -> list[Violation]:
    """All that is wrong, the most telling first; nothing where all is well."""
    index = HistoryIndex.of(events)
    replay = Replay(index)
    return [
        *_twins(index),
        *(Violation("chain", f"record {each.seq} was {each.before[:60]} …, became {each.after[:60]} …", seq=each.seq)
          for each in index.rewritten),
        *replay.violations(),
        *_outcomes(index, replay),
        *error_contract_violations(index),
        *_real_time(index, replay),
        *_gateways(index),
        *_links(index),
        *_ends(index, replay),
        *_memories(index, replay),
        *(Violation("missing", each.what, time=each.time) for each in index.missing),
    ]  # fmt: skip


def _twins(index: HistoryIndex) -> Iterator[Violation]:
    """Two requests of one key and content are one to the services, so that nobody can say whose an effect was."""
    first: dict[Key, int] = {}
    for op, asked in index.asked.items():
        if (key := key_of(asked)) is not None and first.setdefault(key, op) != op:
            yield Violation("twins", f"requests {first[key]} and {op} cannot be told apart: the run is at fault", op=op)


def _outcomes(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """An effect needs an attempt that could have had it."""
    for op, seq in replay.effects.items():
        answers = index.answers.get(op, [])
        done = any(each.status < 400 for each in answers)
        if answers and not done and op not in index.unknown:
            yield Violation("refused-yet-done", f"every attempt was refused, and commit {seq} did it", op=op, seq=seq)


def _real_time(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    told: list[Span] = []
    bound: list[Span] = []
    for op, answers in index.answers.items():
        for answer in answers:
            span = Span(answer.began, answer.ended, index.seq(answer.position), new=False, about=f"answer to {op}")
            told.append(span)
            bound.append(span)
    for op, seq in replay.effects.items():
        began = index.asked[op].at
        bound.append(Span(began, began, seq, new=True, about=f"the effect of {op}"))
    for each in index.reads:
        about = f"read of {each.view} at {each.by}"
        told.append(Span(each.began, each.ended, index.seq(each.position), new=False, about=about))
    told += [Span(each.time, each.time, index.seq(each.at), new=False, about=f"{each.client}") for each in index.shown]
    for inversion in inversions(told, bound):
        yield Violation("real-time", str(inversion), seq=inversion.later.seq, time=inversion.later.began)


def _gateways(index: HistoryIndex) -> Iterator[Violation]:
    """A gateway may lag, but it never goes back, and it waits for clients that have seen more."""
    by_process: dict[str, list[Span]] = defaultdict(list)
    for each in index.reads:
        seq = index.seq(each.position)
        by_process[each.by].append(Span(each.began, each.ended, seq, new=False, about=f"read of {each.view}"))
        if each.at_least is not None and seq < index.seq(each.at_least):
            yield Violation(
                "at-least", f"{each.by} answered {each.position} to at_least={each.at_least}", time=each.ended
            )
    for by, spans in by_process.items():
        for inversion in inversions(spans):
            yield Violation("backwards", f"{by}: {inversion}", time=inversion.later.began)


def _links(index: HistoryIndex) -> Iterator[Violation]:
    """The position of a live client only grows, over all its links."""
    newest: dict[tuple[str, str, int], int] = {}
    for each in index.shown:
        seq, view = index.seq(each.at), (each.client, each.view, each.memory)
        if seq < newest.get(view, 0):
            message = f"{each.client} had {each.view} at {newest[view]}, and {each.by} took it back to {seq}"
            yield Violation("backwards", message, seq=seq, time=each.time)
        newest[view] = max(seq, newest.get(view, 0))


def _ends(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """When all is quiet, everyone has everything."""
    head = replay.state.position.seq
    last: list[Read] = [each for each in index.reads if each.last]
    if not last:
        yield Violation("missing", "no gateway was read at the end")
    for each in last:
        if index.seq(each.position) != head:
            yield Violation("end", f"{each.by} ends at {each.position}, the journal at {head}", time=each.ended)
    for shown in index.shown:
        if shown.last and shown.digest != replay.digest_at_end(shown.view, shown.user):
            message = f"{shown.client} at {shown.by} ends with another {shown.view}, last changed at {shown.at}"
            yield Violation("end", message, time=shown.time)
    had: dict[tuple[str, str], float] = {}
    for shown in index.shown:
        had.setdefault((shown.client, shown.view), shown.time)
    for failed in index.failed:
        knew = had.get((failed.client, failed.view), failed.time) < failed.time  # who did not may be ahead of a gateway
        gone = failed.code in ("event-not-found", "signed-out")
        if gone and knew and replay.digest_at_end(failed.view, failed.user):
            message = f"{failed.by} told {failed.client}, who had {failed.view}, that it is {failed.code}"
            yield Violation("live", message, time=failed.time)


def _memories(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """The standby has everything, byte for byte."""
    head, digest = replay.state.position.seq, digest_of(replay.state)
    for held in index.held:
        if (index.seq(held.position), held.digest) != (head, digest):
            message = f"{held.by} holds another State at {held.position} than the journal gives at {head}"
            yield Violation("memory", message, time=held.time)


def main() -> None:
    events = list(read(Path(sys.argv[1])))
    violations = check(events)
    for each in violations[:10]:
        sys.stdout.write("\n    ".join((str(each), *excerpt(events, each))) + "\n")
    sys.stdout.write(f"{len(violations)} violations in {len(events)} events\n")
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()

"""Says what was wrong with a run. Pure: a history in, violations out.

Every answer and every read names the position that it saw, so nothing has to be searched: the journal is replayed once,
through the same ``apply`` and the same ``decide``, and whatever was said of a position is compared when it is reached.

    python -m chaos.checker test-results/chaos-7.jsonl
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from chaos.evidence import Evidence, Violation
from chaos.excerpt import excerpt
from chaos.expect import key_of
from chaos.held import digest_of
from chaos.manners import ill_mannered
from chaos.order import Span, inversions
from chaos.replay import Replay
from chaos.testimony import AnyEvent, Read, read
from turnout_command.write.idempotency import Key


def check(events: Iterable[AnyEvent]) -> list[Violation]:
    """All that is wrong, the most telling first; nothing where all is well."""
    evidence = Evidence.of(events)
    replay = Replay(evidence)
    return [
        *_twins(evidence),
        *(Violation("chain", f"record {each.seq} was {each.before[:60]} …, became {each.after[:60]} …", seq=each.seq)
          for each in evidence.rewritten),
        *replay.violations(),
        *_outcomes(evidence, replay),
        *ill_mannered(evidence),
        *_real_time(evidence, replay),
        *_gateways(evidence),
        *_links(evidence),
        *_ends(evidence, replay),
        *_memories(evidence, replay),
        *(Violation("missing", each.what, time=each.time) for each in evidence.missing),
    ]  # fmt: skip


def _twins(evidence: Evidence) -> Iterator[Violation]:
    """Two requests of one key and content are one to the services, so that nobody can say whose an effect was."""
    first: dict[Key, int] = {}
    for op, asked in evidence.asked.items():
        if (key := key_of(asked)) is not None and first.setdefault(key, op) != op:
            yield Violation(
                "twins", f"requests {first[key]} and {op} can not be told apart: the run is at fault", op=op
            )


def _outcomes(evidence: Evidence, replay: Replay) -> Iterator[Violation]:
    """An effect needs an attempt that could have had it."""
    for op, seq in replay.effects.items():
        answers = evidence.answers.get(op, [])
        done = any(each.status < 400 for each in answers)
        if answers and not done and op not in evidence.unknown:
            yield Violation("refused-yet-done", f"every attempt was refused, and commit {seq} did it", op=op, seq=seq)


def _real_time(evidence: Evidence, replay: Replay) -> Iterator[Violation]:
    told: list[Span] = []
    bound: list[Span] = []
    for op, answers in evidence.answers.items():
        for answer in answers:
            span = Span(answer.began, answer.ended, evidence.seq(answer.position), new=False, about=f"answer to {op}")
            told.append(span)
            bound.append(span)
    for op, seq in replay.effects.items():
        began = evidence.asked[op].at
        bound.append(Span(began, began, seq, new=True, about=f"the effect of {op}"))
    for each in evidence.reads:
        about = f"read of {each.view} at {each.by}"
        told.append(Span(each.began, each.ended, evidence.seq(each.position), new=False, about=about))
    told += [
        Span(each.time, each.time, evidence.seq(each.at), new=False, about=f"{each.client}") for each in evidence.shown
    ]
    for inversion in inversions(told, bound):
        yield Violation("real-time", str(inversion), seq=inversion.later.seq, time=inversion.later.began)


def _gateways(evidence: Evidence) -> Iterator[Violation]:
    """A gateway may lag, but it never goes back, and it waits for whoever has seen more."""
    by_process: dict[str, list[Span]] = defaultdict(list)
    for each in evidence.reads:
        seq = evidence.seq(each.position)
        by_process[each.by].append(Span(each.began, each.ended, seq, new=False, about=f"read of {each.view}"))
        if each.at_least is not None and seq < evidence.seq(each.at_least):
            yield Violation(
                "at-least", f"{each.by} answered {each.position} to at_least={each.at_least}", time=each.ended
            )
    for by, spans in by_process.items():
        for inversion in inversions(spans):
            yield Violation("backwards", f"{by}: {inversion}", time=inversion.later.began)


def _links(evidence: Evidence) -> Iterator[Violation]:
    """What a live client is shown only grows, over all its links."""
    newest: dict[tuple[str, str, int], int] = {}
    for each in evidence.shown:
        seq, view = evidence.seq(each.at), (each.client, each.view, each.memory)
        if seq < newest.get(view, 0):
            message = f"{each.client} had {each.view} at {newest[view]}, and {each.by} took it back to {seq}"
            yield Violation("backwards", message, seq=seq, time=each.time)
        newest[view] = max(seq, newest.get(view, 0))


def _ends(evidence: Evidence, replay: Replay) -> Iterator[Violation]:
    """When all is quiet, everybody has everything."""
    head = replay.state.position.seq
    last: list[Read] = [each for each in evidence.reads if each.last]
    if not last:
        yield Violation("missing", "no gateway was read at the end")
    for each in last:
        if evidence.seq(each.position) != head:
            yield Violation("end", f"{each.by} ends at {each.position}, the journal at {head}", time=each.ended)
    for shown in evidence.shown:
        if shown.last and shown.digest != replay.digest_at_end(shown.view, shown.user):
            message = f"{shown.client} at {shown.by} ends with another {shown.view}, last changed at {shown.at}"
            yield Violation("end", message, time=shown.time)
    had: dict[tuple[str, str], float] = {}
    for shown in evidence.shown:
        had.setdefault((shown.client, shown.view), shown.time)
    for failed in evidence.failed:
        knew = had.get((failed.client, failed.view), failed.time) < failed.time  # who did not may be ahead of a gateway
        gone = failed.code in ("event-not-found", "signed-out")
        if gone and knew and replay.digest_at_end(failed.view, failed.user):
            message = f"{failed.by} told {failed.client}, who had {failed.view}, that it is {failed.code}"
            yield Violation("live", message, time=failed.time)


def _memories(evidence: Evidence, replay: Replay) -> Iterator[Violation]:
    """Who may have to lead next has everything, byte for byte."""
    head, digest = replay.state.position.seq, digest_of(replay.state)
    for held in evidence.held:
        if (evidence.seq(held.position), held.digest) != (head, digest):
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

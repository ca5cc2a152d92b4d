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
from chaos.history.events import AnyEvent, ViewRead, read
from chaos.history.excerpt import excerpt
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.write.idempotency import Key


def check(events: Iterable[AnyEvent]) -> list[Violation]:
    """Returns all violations, the most specific first."""
    index = HistoryIndex.of(events)
    replay = Replay(index)
    return [
        *_ambiguous_requests(index),
        *(Violation("chain", f"record {each.seq} was {each.before[:60]} …, became {each.after[:60]} …", seq=each.seq)
          for each in index.rewritten_records),
        *replay.violations(),
        *_refused_effects(index, replay),
        *error_contract_violations(index),
        *_real_time(index, replay),
        *_gateway_order(index),
        *_client_order(index),
        *_final_states(index, replay),
        *_final_memories(index, replay),
        *(Violation("missing", each.part, time=each.time) for each in index.missing_parts),
    ]  # fmt: skip


def _ambiguous_requests(index: HistoryIndex) -> Iterator[Violation]:
    """Two requests with the same key and content cannot be distinguished, which is an error of the test run."""
    first_op: dict[Key, int] = {}
    for op, request in index.requests.items():
        if (key := key_of(request)) is not None and first_op.setdefault(key, op) != op:
            yield Violation(
                "twins",
                f"requests {first_op[key]} and {op} have the same key and content: an error of the test run",
                op=op,
            )


def _refused_effects(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """A request whose attempts were all refused must have no effect."""
    for op, seq in replay.effects.items():
        responses = index.responses.get(op, [])
        has_succeeded = any(each.status < 400 for each in responses)
        if responses and not has_succeeded and op not in index.unknown_outcomes:
            yield Violation(
                "refused-yet-done", f"every attempt was refused, but commit {seq} is its effect", op=op, seq=seq
            )


def _real_time(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    observed: list[Span] = []
    constrained: list[Span] = []
    for op, responses in index.responses.items():
        for response in responses:
            span = Span(
                response.began, response.ended, index.seq(response.position), is_effect=False, label=f"answer to {op}"
            )
            observed.append(span)
            constrained.append(span)
    for op, seq in replay.effects.items():
        began = index.requests[op].at
        constrained.append(Span(began, began, seq, is_effect=True, label=f"the effect of {op}"))
    for each in index.reads:
        label = f"read of {each.view} at {each.service}"
        observed.append(Span(each.began, each.ended, index.seq(each.position), is_effect=False, label=label))
    observed += [
        Span(each.time, each.time, index.seq(each.at), is_effect=False, label=f"{each.client}")
        for each in index.live_views
    ]
    for inversion in inversions(observed, constrained):
        yield Violation("real-time", str(inversion), seq=inversion.later.seq, time=inversion.later.began)


def _gateway_order(index: HistoryIndex) -> Iterator[Violation]:
    """A gateway may lag, but its position never decreases, and it respects ``at_least``."""
    by_process: dict[str, list[Span]] = defaultdict(list)
    for each in index.reads:
        seq = index.seq(each.position)
        by_process[each.service].append(
            Span(each.began, each.ended, seq, is_effect=False, label=f"read of {each.view}")
        )
        if each.at_least is not None and seq < index.seq(each.at_least):
            yield Violation(
                "at-least", f"{each.service} answered {each.position} to at_least={each.at_least}", time=each.ended
            )
    for service, spans in by_process.items():
        for inversion in inversions(spans):
            yield Violation("backwards", f"{service}: {inversion}", time=inversion.later.began)


def _client_order(index: HistoryIndex) -> Iterator[Violation]:
    """The position of a view in a live client never decreases, over all its connections."""
    newest: dict[tuple[str, str, int], int] = {}
    for each in index.live_views:
        seq, view = index.seq(each.at), (each.client, each.view, each.generation)
        if seq < newest.get(view, 0):
            message = f"{each.client} had {each.view} at {newest[view]}, and {each.service} took it back to {seq}"
            yield Violation("backwards", message, seq=seq, time=each.time)
        newest[view] = max(seq, newest.get(view, 0))


def _final_states(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """At the end of the run every gateway and every live client is at the end of the journal."""
    head = replay.state.position.seq
    final_reads: list[ViewRead] = [each for each in index.reads if each.is_final]
    if not final_reads:
        yield Violation("missing", "no gateway was read at the end")
    for each in final_reads:
        if index.seq(each.position) != head:
            yield Violation("end", f"{each.service} ends at {each.position}, the journal at {head}", time=each.ended)
    for live_view in index.live_views:
        if live_view.is_final and live_view.digest != replay.digest_at_end(
            live_view.view, live_view.user, live_view.viewer
        ):
            view = f"{live_view.view}, last changed at {live_view.at}"
            message = f"{live_view.client} at {live_view.service} ends with another {view}"
            yield Violation("end", message, time=live_view.time)
    first_shown_at: dict[tuple[str, str], float] = {}
    for live_view in index.live_views:
        first_shown_at.setdefault((live_view.client, live_view.view), live_view.time)
    for failed_watch in index.failed_watches:
        client, view, time = failed_watch.client, failed_watch.view, failed_watch.time
        was_shown = (
            first_shown_at.get((client, view), time) < time
        )  # a client without the view may be ahead of a gateway
        is_gone = failed_watch.code in ("event-not-found", "signed-out")
        # A restored event has its views again.
        was_hidden = any(view.partition("?")[0].split("/")[1:2] == [each] for each in replay.hidden_events)
        exists = replay.digest_at_end(view, failed_watch.user, failed_watch.viewer) is not None
        if is_gone and was_shown and exists and not was_hidden:
            message = f"{failed_watch.service} sent {failed_watch.code} for {view} to {client}, which had shown it"
            yield Violation("live", message, time=time)


def _final_memories(index: HistoryIndex, replay: Replay) -> Iterator[Violation]:
    """At the end of the run the State of every process equals that of the journal, byte for byte."""
    head, digest = replay.state.position.seq, digest_of(replay.state)
    for state_dump in index.state_dumps:
        if (index.seq(state_dump.position), state_dump.digest) != (head, digest):
            message = f"{state_dump.service} has another State at {state_dump.position} than the journal at {head}"
            yield Violation("memory", message, time=state_dump.time)


def main() -> None:
    events = list(read(Path(sys.argv[1])))
    violations = check(events)
    for each in violations[:10]:
        sys.stdout.write("\n    ".join((str(each), *excerpt(events, each))) + "\n")
    sys.stdout.write(f"{len(violations)} violations in {len(events)} events\n")
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()

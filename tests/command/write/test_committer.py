"""Nothing is answered before it is on disk, and nothing that is on disk is doubted."""

import asyncio
from collections.abc import Sequence
from typing import Self

import pytest
from history import BEGINNING, EPOCH
from table import DRAFT, NOW, name

from fakes.memory_journal import MemoryJournal
from turnout_command.metrics import Metrics
from turnout_command.write import append_queue
from turnout_command.write.append_queue import Done, Outcome, Refused
from turnout_command.write.committer import Committer
from turnout_command.write.idempotency import Key
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.commands import Command, CreateEvent, EventDraft, Join, SessionBody, SignUp, Unattend
from turnout_core.domain.rejections import AlreadyAttending, Invalid, Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.port import Conflict, Fenced, Head, JournalError, OutcomeUnknown
from turnout_core.journal.record import unseal
from turnout_core.runtime.tasks import cancel_and_wait

ADA, GAMES = name("ada"), name("games")
SIGN_UP = SignUp(user=ADA, body=SessionBody(name="Ada"))
CREATE = CreateEvent(event=GAMES, draft=EventDraft(**DRAFT))
JOIN = Join(event=GAMES)


class Slow(MemoryJournal):
    """Appends when it is told to. ``answers`` says what each append answers: None for the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.answers: list[JournalError | None] = []
        self.lost: list[bool] = []  # for each error of ``answers``: whether the append did not happen either
        self.appended: list[list[bytes]] = []
        self.beats = 0

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        self.asked.set()
        await self.gate.wait()
        error = self.answers.pop(0) if self.answers else None
        if error is None or not self.lost.pop(0):
            await super().append(fence, before, records, after)
            self.appended.append(list(records))
        if error is not None:
            raise error

    async def beat(self, fence: int) -> Head:
        await self.gate.wait()
        self.beats += 1
        return await super().beat(fence)

    def answer(self, error: JournalError, *, lost: bool = False) -> None:
        self.answers.append(error)
        self.lost.append(lost)

    def history(self) -> State:
        """The state that a reader of the journal gets."""
        state = State(BEGINNING.position, BEGINNING.hash)
        for record in self._records.values():
            apply(state, *unseal(record, state.hash))
        return state


class Late(Slow):
    """Appends at once, and holds back the answer."""

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        await MemoryJournal.append(self, fence, before, records, after)
        self.asked.set()
        await self.gate.wait()


class Desk:
    """A committer at work."""

    def __init__(self, patience_s: float = 0, journal: Slow | None = None) -> None:
        self.journal = journal or Slow()
        self.sure = True
        self.now = NOW
        self.committer = Committer(
            self.journal, 1, State(BEGINNING.position, BEGINNING.hash), Metrics(),
            is_lease_valid=lambda: self.sure, now_ms=lambda: self.now, append_timeout_s=patience_s,
        )  # fmt: skip
        self.running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.journal.create(EPOCH)
        self.running = asyncio.create_task(self.committer.run())
        await self.ask(SIGN_UP, None)
        await self.ask(CREATE)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.running is not None
        await cancel_and_wait(self.running)

    def submit(self, command: Command, actor: str | None = ADA, key: Key | None = None) -> "asyncio.Future[Outcome]":
        return self.committer.submit(command, actor, key)

    async def ask(self, command: Command, actor: str | None = ADA, key: Key | None = None) -> Outcome:
        return await self.submit(command, actor, key)

    async def closed(self) -> str:
        """Waits until the committer gave up; gives the error."""
        assert self.running is not None
        done, _ = await asyncio.wait([self.running], timeout=5)
        assert done, "it did not give up"
        return type(self.running.exception()).__name__

    def hold(self) -> None:
        """From now on appends wait."""
        self.journal.gate.clear()
        self.journal.asked.clear()


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_an_answer_comes_after_the_append_and_names_its_position() -> None:
    async with Desk() as desk:
        desk.hold()
        answer = desk.submit(JOIN)
        await desk.journal.asked.wait()
        await turns()
        assert not answer.done()
        desk.journal.gate.set()
        done = await answer
        assert isinstance(done, Done)
        assert (done.position.seq, done.response.status, desk.committer.committed.position.seq) == (3, 201, 3)


async def test_what_arrives_during_an_append_is_one_batch_decided_on_what_is_to_come() -> None:
    async with Desk() as desk:
        desk.hold()
        first = desk.submit(JOIN)
        await desk.journal.asked.wait()
        later = [desk.submit(Unattend(event=GAMES, user=ADA)), desk.submit(JOIN), desk.submit(JOIN)]
        await turns()
        assert not any(each.done() for each in [first, *later])
        desk.journal.gate.set()
        outcomes = await asyncio.gather(*later)
        assert [len(batch) for batch in desk.journal.appended] == [1, 1, 1, 2]
        assert [type(each) for each in outcomes] == [Done, Done, Refused]
        assert GAMES in desk.journal.history().attending[ADA]


async def test_a_rejection_waits_for_what_it_was_decided_on() -> None:
    async with Desk() as desk:
        desk.hold()
        joined = desk.submit(JOIN)
        again = desk.submit(JOIN)
        await turns()
        assert not again.done()
        desk.journal.gate.set()
        await joined
        outcome = await again
        assert isinstance(outcome, Refused)
        assert isinstance(outcome.rejection, AlreadyAttending)


async def test_a_rejection_of_what_was_lost_is_none() -> None:
    async with Desk() as desk:
        desk.journal.answer(Fenced("somebody else"), lost=True)
        joined, again = desk.submit(JOIN), desk.submit(JOIN)
        for each in (joined, again):
            with pytest.raises(Unavailable):
                await each
        assert await desk.closed() == "Fenced"
        with pytest.raises(Unavailable):
            desk.submit(JOIN)
        assert not desk.committer.is_durable()
        assert ADA not in desk.journal.history().attending


async def test_a_read_of_an_idle_leader_answers_at_once_but_only_while_it_is_sure_to_lead() -> None:
    async with Desk() as desk:
        refused = Refused(desk.committer.state.position, AlreadyAttending())
        assert desk.committer.respond_when_durable(refused).done()
        desk.sure = False
        asked = desk.committer.respond_when_durable(refused)
        assert not asked.done()
        assert (await asked, desk.journal.beats) == (refused, 1)
        desk.journal.fence = 2
        with pytest.raises(Unavailable):
            await desk.committer.respond_when_durable(refused)
        assert await desk.closed() == "Fenced"


async def test_who_may_be_deposed_does_not_answer_with_an_append_that_was_sent_before() -> None:
    async with Desk(journal=Late()) as desk:
        desk.hold()
        joined = desk.submit(JOIN)
        await desk.journal.asked.wait()
        desk.sure = False
        desk.journal.fence = 2  # somebody else leads by now, and what they told is not known here
        again = desk.submit(JOIN)
        desk.journal.gate.set()
        assert (await joined).position.seq == 3
        with pytest.raises(Unavailable):
            await again
        assert await desk.closed() == "Fenced"


async def test_who_may_be_deposed_answers_with_what_is_not_yet_sent() -> None:
    async with Desk() as desk:
        desk.hold()
        first = desk.submit(JOIN)
        await desk.journal.asked.wait()
        desk.sure = False
        asked = [desk.submit(JOIN), desk.submit(JOIN), desk.submit(Unattend(event=GAMES, user=ADA))]
        desk.journal.gate.set()
        outcomes = await asyncio.gather(first, *asked)
        assert [type(each) for each in outcomes] == [Done, Refused, Refused, Done]
        assert ([len(batch) for batch in desk.journal.appended], desk.journal.beats) == ([1, 1, 1, 1], 0)


async def test_a_read_is_not_answered_by_a_journal_that_ends_elsewhere() -> None:
    async with Desk() as desk:
        desk.sure = False
        desk.journal._head = BEGINNING  # the server was rolled back
        with pytest.raises(Unavailable):
            await desk.committer.respond_when_durable(Refused(desk.committer.state.position, AlreadyAttending()))
        assert await desk.closed() == "Conflict"


@pytest.mark.parametrize("lost", [True, False], ids=["it had not happened", "it had happened"])
async def test_an_unknown_outcome_is_found_out_by_asking_again(lost: bool) -> None:
    async with Desk(patience_s=5) as desk:
        desk.journal.answer(OutcomeUnknown("the link broke"), lost=lost)
        done = await desk.ask(JOIN)
        assert (type(done), done.position.seq) == (Done, 3)
        assert desk.journal.history().position.seq == 3


@pytest.mark.parametrize("lost", [True, False], ids=["it had not happened", "it had happened"])
async def test_an_outcome_that_stays_unknown_is_told_so_to_everybody(lost: bool) -> None:
    async with Desk(patience_s=0) as desk:
        desk.journal.answer(OutcomeUnknown("silence"), lost=lost)
        for each in [desk.submit(JOIN), desk.submit(JOIN), desk.submit(Unattend(event=GAMES, user=ADA))]:
            with pytest.raises(Unavailable, match="silence") as raised:
                await each
            assert (raised.value.status, raised.value.retry_after_s) == (503, 1)
        assert await desk.closed() == "OutcomeUnknown"


async def test_a_journal_that_moved_on_without_us_ends_it() -> None:
    async with Desk() as desk:
        desk.journal.answer(Conflict(None), lost=True)
        with pytest.raises(Unavailable):
            await desk.ask(JOIN)
        assert await desk.closed() == "Conflict"


async def test_a_client_that_goes_away_takes_nothing_back() -> None:
    async with Desk() as desk:
        desk.hold()
        request = asyncio.create_task(desk.ask(JOIN))
        await desk.journal.asked.wait()
        await cancel_and_wait(request)
        desk.journal.gate.set()
        left = await desk.ask(Unattend(event=GAMES, user=ADA))
        assert (left.position.seq, desk.journal.history().position.seq) == (4, 4)


async def test_commands_go_by_the_clock_even_if_it_was_set_back() -> None:
    async with Desk() as desk:
        desk.now = NOW - 60_000
        await desk.ask(JOIN)
        assert desk.journal.history().events[GAMES].attendances[ADA].at == NOW - 60_000


async def test_a_key_outlives_a_clock_that_was_set_back() -> None:
    async with Desk() as desk:
        desk.now = NOW - 25 * 3_600_000
        first, second = await desk.ask(JOIN, key=key("k")), await desk.ask(JOIN, key=key("k"))
        assert isinstance(first, Done)
        assert isinstance(second, Done)
        assert (second.replayed, second.response) == (True, first.response)


async def test_batches_are_bounded() -> None:
    async with Desk() as desk:
        desk.hold()
        many = append_queue.BATCH_MAX_RECORDS + 10
        first = desk.submit(JOIN)
        await desk.journal.asked.wait()
        rest = guests(desk, many)
        desk.journal.gate.set()
        await asyncio.gather(first, *rest)
        assert [len(batch) for batch in desk.journal.appended][-3:] == [1, append_queue.BATCH_MAX_RECORDS, 10]


async def test_more_than_can_wait_is_sent_away_unharmed() -> None:
    async with Desk() as desk:
        desk.hold()
        desk.submit(JOIN)
        await desk.journal.asked.wait()
        with pytest.raises(Unavailable, match="Too many"):
            guests(desk, append_queue.PENDING_MAX_RECORDS * 2)
        waiting = desk.committer.state.position.seq
        assert waiting < append_queue.PENDING_MAX_RECORDS + append_queue.BATCH_MAX_RECORDS
        desk.journal.gate.set()
        assert await desk.committer.drain(20)
        assert (desk.journal.history().position.seq, desk.committer.is_durable()) == (waiting, True)


def guests(desk: Desk, number: int) -> "list[asyncio.Future[Outcome]]":
    digits = str.maketrans("0123456789", "abcdefghij")
    bodies = (SignUp(user=f"guest{each:07}".translate(digits), body=SessionBody(name="G")) for each in range(number))
    return [desk.submit(each, None) for each in bodies]


def key(text: str, body: bytes = b"{}") -> Key:
    return Key.of(ADA, text, "POST /api/events/games/attendees", body)


async def test_the_same_key_has_one_effect_and_equal_answers() -> None:
    async with Desk() as desk:
        first = await desk.ask(JOIN, key=key("k"))
        await desk.ask(Unattend(event=GAMES, user=ADA))
        again = await desk.ask(JOIN, key=key("k"))
        assert isinstance(first, Done)
        assert isinstance(again, Done)
        assert (again.response, again.replayed, first.replayed) == (first.response, True, False)
        assert ADA not in desk.journal.history().attending


async def test_duplicates_that_race_wait_for_the_same_append() -> None:
    async with Desk() as desk:
        desk.hold()
        asked = [desk.submit(JOIN, key=key("k")) for _ in range(3)]
        await turns()
        assert not any(each.done() for each in asked)
        desk.journal.gate.set()
        outcomes = await asyncio.gather(*asked)
        assert len({each.response for each in outcomes if isinstance(each, Done)}) == 1
        assert [each.replayed for each in outcomes if isinstance(each, Done)] == [False, True, True]
        assert desk.journal.history().position.seq == 3


async def test_a_key_belongs_to_its_request_and_to_its_user() -> None:
    async with Desk() as desk:
        await desk.ask(SignUp(user=name("bob"), body=SessionBody(name="Bob")), None)
        await desk.ask(JOIN, key=key("k"))
        other = await desk.ask(JOIN, key=key("k", b'{"party":2}'))
        assert isinstance(other, Refused)
        assert isinstance(other.rejection, Invalid)
        bobs = await desk.ask(JOIN, name("bob"), Key.of(name("bob"), "k", "POST /api/events/games/attendees", b"{}"))
        assert isinstance(bobs, Done)
        assert not bobs.replayed


async def test_a_refused_command_is_not_remembered() -> None:
    async with Desk() as desk:
        assert isinstance(await desk.ask(Unattend(event=GAMES, user=ADA), key=key("k")), Refused)
        await desk.ask(JOIN)
        assert isinstance(await desk.ask(Unattend(event=GAMES, user=ADA), key=key("k")), Done)


async def test_a_key_is_kept_for_a_day_by_the_time_of_the_records() -> None:
    day_ms = 24 * 60 * 60 * 1000
    async with Desk() as desk:
        desk.now = NOW - day_ms // 2
        create = CreateEvent(event=name("early"), draft=EventDraft(**DRAFT))
        await desk.ask(create, key=key("k"))
        desk.now = NOW + day_ms - 1
        again = await desk.ask(create, key=key("k"))
        assert isinstance(again, Done)
        assert again.replayed
        desk.now = NOW + day_ms
        fresh = await desk.ask(CreateEvent(event=name("late"), draft=_tomorrow()), key=key("k"))
        assert isinstance(fresh, Done)
        assert not fresh.replayed


def _tomorrow() -> EventDraft:
    return EventDraft(**DRAFT | {"starts": "2026-11-30T19:30"})


async def test_a_mistake_while_applying_closes_it_before_anybody_is_lied_to() -> None:
    async with Desk() as desk:
        desk.committer.state.events[GAMES].going = None  # type: ignore[assignment] # what no command can do
        with pytest.raises(TypeError):
            desk.submit(JOIN)
        with pytest.raises(Unavailable):
            desk.submit(JOIN)
        assert (await desk.closed(), desk.committer.is_durable()) == ("StateCorrupted", False)


async def test_records_continue_each_other() -> None:
    async with Desk() as desk:
        await desk.ask(JOIN)
        state = desk.journal.history()
        assert (state.position, state.hash) == (desk.committer.committed.position, desk.committer.committed.hash)
        assert SignedUp(ADA, "Ada").user in state.users

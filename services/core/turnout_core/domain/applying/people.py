"""People, their sessions and their credentials."""

from typing import Final

from msgspec.structs import replace

from turnout_core.domain import changes, people_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.choices import end_pushes
from turnout_core.domain.applying.inboxes import forget_person
from turnout_core.domain.applying.relations import update_involved
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.people import NO_FORMER_TOKENS, Session
from turnout_core.domain.state import State, StoredEntry, User
from turnout_core.domain.stored_responses import without_person


def signed_up(state: State, change: changes.SignedUp, _: Commit, affected: Affected) -> None:
    state.users[change.user] = User(change.user, change.name)
    affected.users.append(change.user)


def signed_out(state: State, change: changes.SignedOut, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.session += 1
    user.sessions = ()
    end_pushes(state, user)
    affected.users.append(change.user)


def session_opened(state: State, change: people_changes.SessionOpened, commit: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    if not user.sessions and any(
        isinstance(each, changes.SignedUp) and each.user == user.id for each in commit.changes
    ):
        user.session = NO_FORMER_TOKENS
    user.sessions = (*user.sessions, Session(change.session, change.device, commit.at, commit.at))
    affected.users.append(change.user)


def session_used(state: State, change: people_changes.SessionUsed, commit: Commit, affected: Affected) -> None:
    for session in state.users[change.user].sessions:
        if session.id == change.session:
            session.seen_at = commit.at
    affected.users.append(change.user)


def session_closed(state: State, change: people_changes.SessionClosed, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    if change.session:
        user.sessions = tuple(each for each in user.sessions if each.id != change.session)
    else:
        user.session += 1
    end_pushes(state, user, lambda each: each.session == change.session)
    affected.users.append(change.user)


def renamed(state: State, change: people_changes.Renamed, _: Commit, affected: Affected) -> None:
    state.users[change.user].name = change.name
    affected.users.append(change.user)
    for index in (state.organizing, state.attending, state.involved):
        for event in index.get(change.user, ()):
            affected.add(event, change.user)


def recovery_set(state: State, change: people_changes.RecoverySet, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    state.by_recovery.pop(user.recovery, None)
    user.recovery = change.recovery
    if change.recovery:
        state.by_recovery[change.recovery] = user.id
    affected.users.append(change.user)


def mail_set(state: State, change: people_changes.MailSet, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    state.by_mail.pop(user.mail, None)
    user.mail = change.mail
    user.bounced = False
    if change.mail:
        state.by_mail[change.mail] = user.id
    affected.users.append(change.user)


def passkey_added(state: State, change: people_changes.PasskeyAdded, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.passkeys = (*user.passkeys, change.passkey)
    state.by_passkey[change.passkey.id] = user.id
    affected.users.append(change.user)


def passkey_used(state: State, change: people_changes.PasskeyUsed, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.passkeys = tuple(
        replace(each, counter=change.counter) if each.id == change.id else each for each in user.passkeys
    )
    affected.users.append(change.user)


def passkey_removed(state: State, change: people_changes.PasskeyRemoved, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.passkeys = tuple(each for each in user.passkeys if each.id != change.id)
    del state.by_passkey[change.id]
    affected.users.append(change.user)


def account_linked(state: State, change: people_changes.AccountLinked, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    user.accounts = (*user.accounts, change.account)
    state.by_account[change.account.issuer, change.account.subject] = user.id
    affected.users.append(change.user)


def account_unlinked(state: State, change: people_changes.AccountUnlinked, _: Commit, affected: Affected) -> None:
    user = state.users[change.user]
    former = (change.issuer, change.subject)
    user.accounts = tuple(each for each in user.accounts if (each.issuer, each.subject) != former)
    del state.by_account[former]
    affected.users.append(change.user)


def removed(state: State, change: people_changes.UserRemoved, commit: Commit, affected: Affected) -> None:
    user = state.users.pop(change.user)
    state.by_recovery.pop(user.recovery, None)
    state.by_mail.pop(user.mail, None)
    for passkey in user.passkeys:
        del state.by_passkey[passkey.id]
    for account in user.accounts:
        del state.by_account[account.issuer, account.subject]
    end_pushes(state, user)
    state.moderators.pop(user.id, None)
    heir = _heir(commit)
    _forget_in_moderation(state, user.id, heir)
    affected.inboxes = (*affected.inboxes, *forget_person(state, user.id, heir))
    _forget_in_links(state, user.id, affected)
    for key, stored in state.answers.items():
        if f'"{user.id}"' in stored.answered.body:
            state.answers[key] = StoredEntry(stored.at, without_person(stored.answered))
    affected.users.append(user.id)
    affected.has_moderation = True


def _heir(commit: Commit) -> str | None:
    """The account that brings the removed guest along: it signs in with the same commit."""
    opened = (each.user for each in commit.changes if isinstance(each, people_changes.SessionOpened))
    return next(opened, None)


def _forget_in_links(state: State, user: str, affected: Affected) -> None:
    """The links that the user made stay without a name."""
    for event in list(state.involved.get(user, ())):
        found = state.events[event]
        for made in found.desk.invitations.values() if found.desk is not None else ():
            made.made_by = "" if made.made_by == user else made.made_by
        update_involved(state, found, user)
        affected.add(event)


def _forget_in_moderation(state: State, user: str, heir: str | None) -> None:
    """Closes the reports about the user; those by them, and what moderators did to them, stay without a name.

    Reports of their messages stay without the text, or are about ``heir``, who is the same person.
    """
    for report in list(state.reports.values()):
        if report.about == user:
            del state.reports[report.id]
            continue
        message = report.message
        if message is not None and message.by == user:
            message = replace(message, by=heir or "", text=message.text if heir else "")
        by = "" if report.by == user else report.by
        if (by, message) != (report.by, report.message):
            state.reports[report.id] = replace(report, by=by, message=message)
    state.audit = [replace(each, label="") if each.about == user else each for each in state.audit]


APPLY: Final[dict[type[Change], Apply]] = {
    changes.SignedUp: signed_up,
    changes.SignedOut: signed_out,
    people_changes.SessionOpened: session_opened,
    people_changes.SessionUsed: session_used,
    people_changes.SessionClosed: session_closed,
    people_changes.Renamed: renamed,
    people_changes.RecoverySet: recovery_set,
    people_changes.MailSet: mail_set,
    people_changes.PasskeyAdded: passkey_added,
    people_changes.PasskeyUsed: passkey_used,
    people_changes.PasskeyRemoved: passkey_removed,
    people_changes.AccountLinked: account_linked,
    people_changes.AccountUnlinked: account_unlinked,
    people_changes.UserRemoved: removed,
}

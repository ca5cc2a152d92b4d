"""Commands about the roles of an event, the links to it, and its guests; requests and acceptances of guests, too."""

from typing import Annotated, Literal

from pydantic import Field

from turnout_core.domain.event_desk import Role
from turnout_core.domain.fields import Id, InvitationCode, InvitationEnd, InvitationUses, Note, Party, WebhookUrl
from turnout_core.domain.strict_model import StrictModel


class UserBody(StrictModel):
    """The person that a call is about: the new organizer, or the guest to keep out."""

    user: Annotated[str, Field(description="id of the person")]


class ApprovalBody(StrictModel):
    """``POST …/requests/{user}/approve``: the seats that the hosts grant, by default those asked for."""

    party: Party | None = None


class InvitationBody(StrictModel):
    """``POST …/invitations``: a new link."""

    role: Role
    uses: InvitationUses | None = None
    ends_at: InvitationEnd | None = None


class NoteBody(StrictModel):
    """``PUT …/notes/{user}``: the note of the hosts about a guest; without text there is none."""

    text: Note


class WebhookBody(StrictModel):
    """``POST …/webhooks``: a server that is told what happens to the event."""

    url: WebhookUrl


class CloseRequest(StrictModel):
    """``user`` withdraws their request, or a host declines it."""

    type: Literal["close-request"] = "close-request"
    event: str
    user: str


class ApproveRequest(StrictModel):
    """Without ``party`` the seats are those of the request."""

    type: Literal["approve-request"] = "approve-request"
    event: str
    user: str
    party: Party | None = None


class MakeInvitation(StrictModel):
    type: Literal["make-invitation"] = "make-invitation"
    event: str
    code: InvitationCode
    body: InvitationBody


class RevokeInvitation(StrictModel):
    """``invitation`` is the id or the code of the link."""

    type: Literal["revoke-invitation"] = "revoke-invitation"
    event: str
    invitation: str


class AcceptInvitation(StrictModel):
    type: Literal["accept-invitation"] = "accept-invitation"
    event: str
    code: str


class HandOver(StrictModel):
    """``user``, a co-host, becomes the organizer."""

    type: Literal["hand-over"] = "hand-over"
    event: str
    user: str


class RemoveCohost(StrictModel):
    """The organizer removes a co-host, or ``user`` steps down."""

    type: Literal["remove-cohost"] = "remove-cohost"
    event: str
    user: str


class KeepOut(StrictModel):
    """``user`` gives up seats, request and invitation, and cannot come back."""

    type: Literal["keep-out"] = "keep-out"
    event: str
    user: str


class AllowGuest(StrictModel):
    """``user`` is no longer kept out."""

    type: Literal["allow-guest"] = "allow-guest"
    event: str
    user: str


class SetNote(StrictModel):
    type: Literal["set-note"] = "set-note"
    event: str
    user: str
    body: NoteBody


class AddWebhook(StrictModel):
    """``webhook`` is the id of the new one."""

    type: Literal["add-webhook"] = "add-webhook"
    event: str
    webhook: Id
    body: WebhookBody


class RemoveWebhook(StrictModel):
    type: Literal["remove-webhook"] = "remove-webhook"
    event: str
    webhook: str


class ForgetWebhook(StrictModel):
    """The receiver of the webhook says that it is gone. The notifier sends this; no request of a client does."""

    type: Literal["forget-webhook"] = "forget-webhook"
    event: str
    webhook: str


HostCommand = (
    CloseRequest
    | ApproveRequest
    | MakeInvitation
    | RevokeInvitation
    | AcceptInvitation
    | HandOver
    | RemoveCohost
    | KeepOut
    | AllowGuest
    | SetNote
    | AddWebhook
    | RemoveWebhook
    | ForgetWebhook
)

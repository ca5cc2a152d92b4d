"""Mails in a folder."""

import stat
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

import pytest

from turnout_core.mail.folder import SENDER, FolderMailer
from turnout_core.mail.port import MailFailed


def _message(subject: str) -> EmailMessage:
    message = EmailMessage(SMTPUTF8)
    message["From"] = SENDER
    message["To"] = "anna@here.example"
    message["Subject"] = subject
    message.set_content("Hello")
    return message


async def test_mails_become_files_in_their_order_which_only_their_owner_reads(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "new" / "mails")
    subjects = ["First", "Zweite: schöne Grüße", "3"]
    for subject in subjects:
        await mailer.send(_message(subject))
    files = sorted((tmp_path / "new" / "mails").iterdir())
    assert [each.suffix for each in files] == [".eml"] * 3
    read = [message_from_bytes(each.read_bytes(), policy=SMTPUTF8)["Subject"] for each in files]
    assert sorted(read) == sorted(subjects)  # files of one millisecond have no order
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


async def test_a_folder_that_cannot_be_written_is_a_temporary_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MailFailed) as failed:
        await FolderMailer(tmp_path / "file").send(_message("Hello"))
    assert not failed.value.is_permanent

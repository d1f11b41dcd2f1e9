"""Tokens of the API: what they carry, when they open nothing, and that only digests are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tieout.operate.people.models import Account, Token
from tieout.operate.people.roles import Right, Role
from tieout.operate.people.tokens import Asked, TokenError, account_of_token, end_token, make_token

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
READ_AND_TAKE = Asked("nightly", frozenset({Right.EXPORT}), 30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Account:
    return Account.objects.create_user("alice@marlow.example", role=Role.SALES)


def test_a_token_carries_what_it_was_made_for(alice: Account) -> None:
    _, text = make_token(alice, READ_AND_TAKE, NOON)
    assert account_of_token(text, NOON) == (alice, frozenset({Right.READ, Right.EXPORT}))


def test_a_token_loses_what_its_owner_loses(alice: Account) -> None:
    _, text = make_token(alice, READ_AND_TAKE, NOON)
    Account.objects.filter(pk=alice.pk).update(role=Role.VIEWER)
    assert account_of_token(text, NOON) == (alice, frozenset({Right.READ}))


def test_a_token_that_is_over_ended_or_of_somebody_gone_opens_nothing(alice: Account) -> None:
    (token, text), (_, other) = make_token(alice, READ_AND_TAKE, NOON), make_token(alice, READ_AND_TAKE, NOON)
    last = NOON + timedelta(days=30) - timedelta(seconds=1)
    assert account_of_token(text, last) is not None
    assert account_of_token(text, NOON + timedelta(days=30)) is None
    assert end_token(alice, token.pk, NOON) is not None
    assert account_of_token(text, NOON) is None
    assert account_of_token(other, NOON) is not None
    Account.objects.filter(pk=alice.pk).update(is_active=False)
    assert account_of_token(other, NOON) is None


@pytest.mark.parametrize("text", ["", "tieout_", "tieout_" + "x" * 43, "tieout_" + "x" * 10_000, "\x00", "☃"])
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert account_of_token(text, NOON) is None


def test_only_the_digest_is_kept(alice: Account) -> None:
    _, text = make_token(alice, READ_AND_TAKE, NOON)
    kept = repr(list(Token.objects.values()))
    assert text[12:] not in kept
    assert text[:12] in kept


def test_nobody_ends_the_token_of_another(alice: Account) -> None:
    token, text = make_token(alice, READ_AND_TAKE, NOON)
    bob = Account.objects.create_user("bob@marlow.example", role=Role.ADMIN)
    assert end_token(bob, token.pk, NOON) is None
    assert account_of_token(text, NOON) is not None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(" ", frozenset(), 30), "1 to 80 characters"),
        (Asked("n" * 81, frozenset(), 30), "this has 81"),
        (Asked("n", frozenset(), 31), "7, 30, 90, 365 days, not 31"),
        (Asked("n", frozenset({Right.PEOPLE}), 30), "invite people"),
        (Asked("n", frozenset({Right.PERSONAL}), 30), "see names"),
    ],
)
def test_a_token_that_may_not_be_is_refused(asked: Asked, words: str) -> None:
    finance = Account.objects.create_user("frank@marlow.example", role=Role.FINANCE)
    with pytest.raises(TokenError, match=words):
        make_token(finance, asked, NOON)
    assert not Token.objects.exists()


def test_use_is_noted_once_a_minute(alice: Account) -> None:
    token, text = make_token(alice, READ_AND_TAKE, NOON)
    for seconds in (0, 59, 61):
        account_of_token(text, NOON + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.used_at == NOON + timedelta(seconds=61 if seconds == 61 else 0)

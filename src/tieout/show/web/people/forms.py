"""The forms of People: they read what was typed; what may be is decided in operate/people."""

from __future__ import annotations

from typing import Any

from django import forms

from tieout.operate.people.models import Team
from tieout.operate.people.roles import Right, Role
from tieout.operate.people.tokens import DAYS, SCOPES


class _Form(forms.Form):
    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*given, **{"label_suffix": ""} | named)

    def looked_at(self, **now: object) -> None:
        """Take what there is now as what was looked at: who was told of it may decide again."""
        self.data = {**self.data.dict(), **{name: str(value) for name, value in now.items()}}  # type: ignore[attr-defined]


def _team() -> forms.ModelChoiceField[Team]:
    return forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team", label="Team")


class InviteForm(_Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="Address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.VIEWER)
    team = _team()


class AccountForm(_Form):
    """What an administrator decides about an account; `changes` says which state of it was looked at."""

    name = forms.CharField(label="Name", max_length=120, required=False)
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    team = _team()
    active = forms.BooleanField(
        label="Active", required=False, help_text="Whoever leaves is made inactive: sessions and tokens end at once."
    )
    changes = forms.IntegerField(widget=forms.HiddenInput)


class TeamForm(_Form):
    """A team and its rule; what was looked at goes along, so that nobody overwrites what they have not seen."""

    name = forms.CharField(label="Name", max_length=80)
    rows = forms.CharField(
        label="Records that members may open",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A condition over deals, such as segment = 'enterprise'. Empty: all. Totals stay the same for all.",
    )
    old_name = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    old_rows = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)


class TokenForm(_Form):
    """A token for a program."""

    name = forms.CharField(label="Name", max_length=80, help_text="What uses it, so that you know which one to end.")
    scopes = forms.MultipleChoiceField(
        label="May also",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(right.name, right.value) for right in SCOPES if right is not Right.READ],
    )
    days = forms.TypedChoiceField(
        label="Lives", coerce=int, choices=[(days, f"{days} days") for days in DAYS], initial=90
    )


class AcceptForm(_Form):
    """The account of an invitation."""

    name = forms.CharField(label="Your name", max_length=120, required=False)
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters, and not a common one.",
    )
    again = forms.CharField(
        label="The password again",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Hold the two passwords together."""
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two passwords differ.")
        return given

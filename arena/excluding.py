"""Sets a comparison, or one of its turns, aside from what is published, and takes it back."""

from django.utils import timezone

from .models import Exclusion


def exclude(comparison_id, rule, scope, *, turn_id=None, reason="", shadow=False, by=None, evidence=None):
    """Set it aside by this rule; whether it was not yet. The turn alone if one is given, else the whole comparison.

    A rule stands once on the same thing: called again, or by two at once, nothing changes.
    """
    _exclusion, is_new = Exclusion.objects.get_or_create(
        comparison_id=comparison_id,
        turn_id=turn_id,
        rule=rule,
        lifted_at=None,
        defaults={"scope": scope, "reason": reason, "shadow": shadow, "by": by, "evidence": evidence or {}},
    )
    return is_new


def lift(comparison_id, rule, *, turn_id=None):
    """What this rule set aside, this very turn or the whole comparison, is no longer; whether it was."""
    in_force = Exclusion.objects.filter(comparison=comparison_id, turn=turn_id, rule=rule, lifted_at=None)
    return in_force.update(lifted_at=timezone.now()) > 0


def lift_by_hand(exclusions, by, why):
    """A person takes these back and says why; how many stood. No rule sets their comparisons aside again."""
    return exclusions.filter(lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by, why_lifted=why)

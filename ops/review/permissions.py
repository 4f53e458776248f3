"""Permissions: who may do more or less than before, as a sentence and as statements."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import EnvironmentChange, Fate, end_of
from ops.review.finding import Finding, Subject
from ops.review.holders import ACTORS, MANAGED_POLICIES, Holder, held
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say, some
from ops.review.statements import FROM_ADDRESS, Group, Permission, grouped, more_than
from ops.review.values import Reader

_WIDE_POLICIES: Final = ("AdministratorAccess", "FullAccess")


def permission_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What somebody may do that they could not, and the reverse."""
    before, after = held(environment, after=False), held(environment, after=True)
    new_holders: list[tuple[Holder, list[Group]]] = []
    for holder in {**after, **before}:
        old, new = before.get(holder, []), after.get(holder, [])
        if set(old) == set(new):
            continue
        if not old and holder.change.before is None:
            groups = grouped(new)
            yield from _new(holder, groups)
            new_holders.append((holder, groups))
        elif not new and holder.change.before and holder.change.after is None:
            if end_of(holder.change.before, environment.after) is not Fate.LEFT:
                yield from _gone(holder, old)
        else:
            yield from _changed(holder, old, new)
    yield from _beside(new_holders)
    yield from _attachments(environment)


def _new(holder: Holder, groups: list[Group]) -> Iterator[Finding]:
    """What comes with its holder and is more than that holder's business."""
    for group in groups:
        rating = _rating(holder, group, new_holder=True)
        if group.allows and rating > Rating.ROUTINE:
            yield _found(rating, holder, _may(holder, group, "may now"), _line("+", group))


def _beside(new_holders: list[tuple[Holder, list[Group]]]) -> Iterator[Finding]:
    """All the rest that comes with new holders, once for each stack."""
    for stack in dict.fromkeys(holder.change.stack for holder, _ in new_holders):
        names, lines = [], []
        for holder, groups in new_holders:
            ordinary = [
                it for it in groups if it.allows and _rating(holder, it, new_holder=True) is Rating.ROUTINE
            ]
            if holder.change.stack == stack and ordinary:
                names.append(f"{holder.kind} {holder.name}")
                lines += [_where(holder), *(_line("+", group) for group in ordinary)]
        if names:
            yield Finding(
                rating=Rating.ROUTINE,
                subject=Subject.PERMISSION,
                sentence=say("New, with permissions of their own: {}.", some(dict.fromkeys(names))),
                stacks=(stack,),
                lines=tuple(lines),
            )


def _gone(holder: Holder, old: list[Permission]) -> Iterator[Finding]:
    """What goes with its holder: nobody can use it afterwards, but for who sent mail by it."""
    for group in grouped(old):
        if group.allows and group.sends:
            yield _found(Rating.CAUTION, holder, _may(holder, group, "may no longer"), _line("-", group))


def _changed(holder: Holder, old: list[Permission], new: list[Permission]) -> Iterator[Finding]:
    more, less = more_than(new, old), more_than(old, new)
    wider, narrower = ([group for group in grouped(side) if group.allows] for side in (more, less))
    for group in wider:
        former = next((other for other in narrower if other.differs_little(group)), None)
        if former is None:
            rating = _rating(holder, group, new_holder=False)
            yield _found(rating, holder, _may(holder, group, "may now"), _line("+", group))
            continue
        narrower.remove(former)
        rating = Rating.ROUTINE if group.by_service else _rating(holder, group, new_holder=False)
        yield _found(rating, holder, _instead(holder, former, group), _line("-", former), _line("+", group))
    for group in narrower:
        yield _found(Rating.CAUTION, holder, _may(holder, group, "may no longer"), _line("-", group))
    for group in grouped(less):
        if not group.allows:
            yield _found(
                Rating.CAUTION, holder, _may(holder, group, "is no longer denied to"), _line("-", group)
            )
    for group in grouped(more):
        if not group.allows:
            yield _found(Rating.CAUTION, holder, _may(holder, group, "is now denied to"), _line("+", group))


def _rating(holder: Holder, group: Group, *, new_holder: bool) -> Rating:
    if group.principal == "*":
        return Rating.CAUTION if group.conditions else Rating.DANGER
    own = group.principal.endswith(":root") and (
        not holder.account or f":{holder.account}:" in group.principal
    )
    if not own and any(_is_wide(action) for action in group.actions):
        return Rating.DANGER
    anywhere = "*" in group.resources and not holder.acted_on and not holder.trust
    if group.sends or anywhere:
        return Rating.CAUTION
    if group.principal and not own and not group.by_service and not group.principal.startswith("<"):
        return Rating.CAUTION
    return Rating.ROUTINE if new_holder else Rating.CAUTION


def _is_wide(action: str) -> bool:
    return action == "*" or action.endswith(":*") or action.startswith("all but ")


def _may(holder: Holder, group: Group, may: str) -> Sentence:
    if holder.trust:
        return say(f"{{}} {may} act as role {{}}.", group.principal.strip("<>"), holder.name)
    kind, who = _who(holder, group)
    if group.sends and group.allows:
        return _sends(f"{kind}{{}} {may} send", who, group)
    words = f"{kind}{{}} {may} call {{}} on {holder.kind + ' ' if holder.acted_on else ''}{{}}"
    on = (holder.name,) if holder.acted_on else tuple(map(_short, group.resources))
    return _if(words, [who, group.actions, on], group)


def _instead(holder: Holder, old: Group, new: Group) -> Sentence:
    """One sentence for what is the same but for its resources or its conditions."""
    if new.sends and old.conditions != new.conditions:
        return _may(holder, new, "may now")
    kind, who = _who(holder, new)
    what = "act as role {}" if holder.trust else "send" if new.sends else "call {}"
    values: list[tuple[str, ...] | str] = [who]
    if holder.trust or not new.sends:
        values.append(holder.name if holder.trust else new.actions)
    on = f" on {holder.kind} {{}}" if holder.acted_on else ""
    values += [holder.name] if holder.acted_on else []
    if old.resources != new.resources and not holder.acted_on:
        words = f"{kind}{{}} may now {what}{on} with {{}} in place of {{}}."
        return say(
            _capital(words), *values, tuple(map(_short, new.resources)), tuple(map(_short, old.resources))
        )
    words = f"{kind}{{}} may now {what}{on} if {{}}, in place of if {{}}."
    return say(_capital(words), *values, new.conditions_text or "anything", old.conditions_text or "anything")


def _who(holder: Holder, group: Group) -> tuple[str, str]:
    if group.principal:
        return "", "anybody" if group.principal == "*" else group.principal.strip("<>")
    return "whoever has policy " if holder.kind == "policy" else f"{holder.kind} ", holder.name


def _sends(words: str, who: str, group: Group) -> Sentence:
    values: list[tuple[str, ...] | str] = [who]
    identities = tuple(_short(each) for each in group.resources if ":identity/" in each)
    if addresses := group.values(FROM_ADDRESS):
        words, values = words + " as {}", [*values, addresses]
    else:
        words = words + " as any address of {}"
        values = [*values, identities or tuple(map(_short, group.resources))]
    if recipients := group.values("ses:recipients"):
        words, values = words + ", to {} only", [*values, recipients]
    return say(_capital(words) + ".", *values)


def _if(words: str, values: list[tuple[str, ...] | str], group: Group) -> Sentence:
    if group.conditions:
        return say(_capital(words) + " if {}.", *values, group.conditions_text)
    return say(_capital(words) + ".", *values)


def _short(resource: str) -> str:
    """An ARN of SES by what it names."""
    return resource.rpartition(":")[2] if resource.startswith("arn:") and ":ses:" in resource else resource


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _line(sign: str, group: Group) -> str:
    return f"{sign} {group.line}"


def _found(rating: Rating, holder: Holder, sentence: Sentence, *lines: str) -> Finding:
    return Finding(
        rating=rating,
        subject=Subject.PERMISSION,
        sentence=sentence,
        stacks=(holder.change.stack,),
        lines=(_where(holder), *lines),
    )


def _where(holder: Holder) -> str:
    return f"  {holder.kind} {holder.name}{' (who may act as it)' if holder.trust else ''}:"


def _attachments(environment: EnvironmentChange) -> Iterator[Finding]:
    for change in environment.of_type(*ACTORS):
        old, new = (
            {Reader(place.stack).text(arn) for arn in place.several(MANAGED_POLICIES)} if place else set()
            for place in (change.before, change.after)
        )
        if change.after is None:
            continue
        kind = ACTORS[change.type].capitalize()
        for arn in sorted(new - old):
            rating = Rating.DANGER if arn.endswith(_WIDE_POLICIES) else Rating.CAUTION
            sentence = say(f"{kind} {{}} gets all that {{}} allows.", change.place.name, arn)
            yield Finding(
                rating=rating, subject=Subject.PERMISSION, sentence=sentence, stacks=(change.stack,)
            )
        for arn in sorted(old - new):
            sentence = say(f"{kind} {{}} loses what {{}} allows.", change.place.name, arn)
            yield Finding(
                rating=Rating.CAUTION, subject=Subject.PERMISSION, sentence=sentence, stacks=(change.stack,)
            )

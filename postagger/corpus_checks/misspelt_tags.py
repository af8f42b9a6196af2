"""Tags that look like slips of the hand: other letters, a stray mark, two in one, one letter too many or too few."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

_STRAY = " \t\r\f\v.,;:'\"|/_-\u00a0\u200b\ufeff"
_JOINT = re.compile(r"(?<=\w)[|/+,;&_](?=\w)")
_MUCH_RARER = 10  # times
_MOST_SLIPS = 3  # more often than this, what no tagset is known of is no slip
_MOST_TAGS = 100  # with more, as where a tag tells case and number, neighbours are many
_HABIT = 10  # so many tags with the same joint are no slips


def misspelt_tags(counts: Mapping[str, int], known: Collection[str] = ()) -> dict[str, str]:
    """The tags that seem to be misspelt, and what they may have been meant to be, in words.

    counts: how often each tag occurs. known: the tagset that it should be, of which no tag is misspelt.

    >>> misspelt_tags({"NN": 90, "NNS": 50, "nn": 1, "NN,": 1, "NN|NNS": 1, "NNSS": 1})
    {'nn': 'NN', 'NN,': 'NN', 'NN|NNS': 'NN and NNS', 'NNSS': 'NNS'}
    """
    joints = Counter(joint for tag in counts for joint in {*_JOINT.findall(tag)})
    spelt, bare = _grouped(counts, str.casefold), _grouped(counts, _letters)
    rivals = [tag for tag in counts if tag in known] if known else [*counts]
    may_be_slip = bool(known) or len(counts) <= _MOST_TAGS
    found = {}
    for tag in counts:
        if tag in known:
            continue
        # Marks around a tag are stray only if the other has none: .-TL is not :-TL.
        same = spelt[tag.casefold()] + (bare if tag.casefold() == _letters(tag) else spelt)[_letters(tag)]
        meant = _in_print(tag) or _same_letters(tag, counts, same) or _two_in_one(tag, counts, joints)
        if not meant and may_be_slip and (known or counts[tag] <= _MOST_SLIPS):
            meant = _one_letter_off(tag, counts, rivals)
        if meant:
            found[tag] = meant
    return found


def _grouped(tags: Iterable[str], key: Callable[[str], str]) -> defaultdict[str, list[str]]:
    groups = defaultdict(list)
    for tag in tags:
        groups[key(tag)].append(tag)
    return groups


def _letters(tag: str) -> str:
    return tag.strip(_STRAY).casefold()


def _in_print(tag: str) -> str:
    """The tag without what cannot be seen, where there is such."""
    return "" if tag.isprintable() else "".join(filter(str.isprintable, tag))


def _same_letters(tag: str, counts: Mapping[str, int], same: Iterable[str]) -> str:
    """The most frequent tag that differs in case only, or in that one of the two has marks around it.

    same: the tags of these letters, itself maybe among them.
    """
    if not any(map(str.isalpha, tag)):
        return ""
    return max((other for other in same if counts[other] > counts[tag]), key=lambda other: counts[other], default="")


def _two_in_one(tag: str, counts: Mapping[str, int], joints: Mapping[str, int]) -> str:
    parts = _JOINT.split(tag)
    is_habit = any(joints[joint] >= _HABIT for joint in _JOINT.findall(tag))
    if len(parts) < 2 or is_habit or any(counts.get(part, 0) <= counts[tag] for part in parts):
        return ""
    return " and ".join(parts)


def _one_letter_off(tag: str, counts: Mapping[str, int], rivals: Iterable[str]) -> str:
    """The much more frequent tags that one letter makes of it."""
    near = [other for other in rivals if counts[other] >= _MUCH_RARER * counts[tag] and _one_letter(tag, other)]
    return " or ".join(sorted(near, key=lambda other: -counts[other])[:3])


def _one_letter(first: str, second: str) -> bool:
    """Whether one letter is too many or missing, is another, or has changed places with its neighbour.

    In short tags a letter more or another makes a tag of its own.
    """
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) < len(longer):
        without = (at for at in range(len(longer)) if longer[at].isalpha())
        return len(shorter) >= 2 and any(longer[:at] + longer[at + 1 :] == shorter for at in without)
    differing = [at for at in range(len(first)) if first[at] != second[at]]
    letters = all(first[at].isalpha() and second[at].isalpha() for at in differing)
    swapped = len(differing) == 2 and [first[at] for at in differing] == [second[at] for at in reversed(differing)]
    near = len(differing) == 1 or (swapped and differing[1] == differing[0] + 1)
    return len(first) >= 3 and letters and near

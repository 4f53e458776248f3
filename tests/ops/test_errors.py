"""Every error has a code of its own, and every code an error."""

from ops.errors import CODES, AccessError, OpsError, VerificationError
from tests.support import ROOT


def concrete(error: type[OpsError]) -> set[type[OpsError]]:
    below = error.__subclasses__()
    return {leaf for child in below for leaf in concrete(child)} if below else {error}


def test_codes_and_errors_are_the_same_set() -> None:
    codes = [error.code for error in concrete(OpsError)]
    assert sorted(codes) == sorted(CODES)


def test_the_families_are_as_drawn() -> None:
    assert {error.code for error in concrete(AccessError)} == {
        "aws-access-denied",
        "aws-credentials",
        "aws-refused",
        "aws-unreachable",
    }
    assert {error.code for error in concrete(VerificationError)} == {
        "verification-blocked",
        "verification-timeout",
    }


def test_a_sentence_has_the_code_and_the_fix() -> None:
    (error,) = {item for item in concrete(OpsError) if item.code == "zone-ambiguous"}
    assert error("Two zones.", fix="pick one").sentence == "[zone-ambiguous] Two zones. Fix: pick one"


def test_every_code_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "operator.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in page] == []

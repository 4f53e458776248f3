import pytest
from ministack.services import route53, ses, ses_v2
from ministack.services.cloudformation import provisioners

from local import contract
from local.errors import ContractError


def test_the_pinned_emulator_keeps_the_contract() -> None:
    contract.check()
    assert len(contract.CONTRACT) == len({(need.module, need.name) for need in contract.CONTRACT})


@pytest.mark.parametrize("need", contract.CONTRACT, ids=lambda need: f"{need.module}.{need.name}")
def test_every_name_is_missed_when_it_is_gone(need: contract.Need, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(f"ministack.{need.module}.{need.name}")
    with pytest.raises(ContractError) as caught:
        contract.check()
    message = str(caught.value)
    assert f"ministack 1.5.33: ministack.{need.module}.{need.name} is gone" in message
    assert f"needed for {need.used_for}" in message
    assert f"adapt {need.used_in}" in message


@pytest.mark.parametrize(
    "module,name,replacement,how",
    [
        (ses_v2, "_identities", [], "is not a store"),
        (route53, "_zones", (), "is not a store"),
        (provisioners, "_RESOURCE_HANDLERS", [], "is not a dict any more"),
        (ses, "_make_identity", "text", "is not a function any more"),
        (ses, "_make_identity", lambda name: name, "takes (name) now and not (identity, identity_type)"),
        (
            provisioners,
            "_RESOURCE_HANDLERS",
            {"AWS::SES::EmailIdentity": {"create": lambda props: props}},
            "['create'] takes (props) now",
        ),
        (provisioners, "_RESOURCE_HANDLERS", {}, "['create'] is not a function any more"),
    ],
)
def test_a_changed_name_is_described(
    module: object, name: str, replacement: object, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, replacement)
    with pytest.raises(ContractError) as caught:
        contract.check()
    assert how in str(caught.value)

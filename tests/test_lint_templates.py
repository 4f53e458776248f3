import json
from pathlib import Path

from tests.lint_templates import findings


def test_a_mistake_in_a_template_is_found_for_its_region(tmp_path: Path) -> None:
    template = tmp_path / "stack.template.json"
    identity = {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "example.com"}}
    template.write_text(json.dumps({"Resources": {"Identity": identity}}), encoding="utf-8")
    assert findings("test", "eu-west-1", template) == []
    assert findings("test", "ap-east-2", template), "SES is not offered there"
    del identity["Properties"]
    template.write_text(json.dumps({"Resources": {"Identity": identity}}), encoding="utf-8")
    assert any("EmailIdentity" in line for line in findings("test", "eu-west-1", template))

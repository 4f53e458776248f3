"""Custom verification templates: what people get whose address an application has SES verify.

A user gets one `AWS::SES::CustomVerificationEmailTemplate` for each template, made one after the other (SES
takes one such call a second) and after whatever `after` names. SES refuses a template whose sender is not
verified, so in a new account that is something that waits for the verification. Templates go with their
stack, and when they leave the list: they are made whole from their files, and a kept one would be in the way
of the next deployment. An application that sends with a deleted template fails.

What a person must still do: get the account out of the SES sandbox, which sends no custom verification.

Example::

    VerificationTemplates(
        stack, "Templates",
        templates=[VerificationTemplate.from_file(Path(__file__).parent / "welcome.json")],
        identities=[identity], after=[identity_is_verified],
    )
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from constructs import Construct, IDependable

from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.send_policy import SendingIdentity
from constructs_lib.verification_template import VerificationTemplate

MAX_TEMPLATES: Final = 50
"""SES keeps 50 for an account (SES Developer Guide, custom verification email FAQ, Q1)."""

MAX_STACK_CONTENT: Final = 900_000
"""Bytes that the templates of one stack may have: CloudFormation takes a template of 1 MB (CloudFormation
quotas), and the rest of the stack needs some of it."""


class VerificationTemplates(Construct):
    """The custom verification templates of one Region.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        templates: 1 to 50, each name once.
        identities: What the templates are sent from: identities of this app, or names of others. Constructs
            among them are made before the templates.
        after: What must have happened before, such as a construct that waits until a sender is verified.
            Default: the identities are verified already.
        removal_policy: Default: templates are deleted with their stack.

    Attributes:
        templates: The resources, by the name of their template.

    Raises:
        ConfigurationError: ``templates-invalid``, ``template-too-large``, ``from-address-outside-identity``,
            ``region-without-ses``; raised before anything is built.
    """

    templates: Mapping[str, ses.CfnCustomVerificationEmailTemplate]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        templates: Sequence[VerificationTemplate],
        identities: Sequence[str | SendingIdentity],
        after: Sequence[IDependable] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.DESTROY,
    ) -> None:
        require_ses_region(cdk.Stack.of(scope).region, option="env.region")
        require_templates(templates)
        names = [identity if isinstance(identity, str) else identity.domain for identity in identities]
        for template in templates:
            template.require_sender(names)

        super().__init__(scope, construct_id)
        made_before = [*after, *(identity for identity in identities if isinstance(identity, Construct))]
        self.templates = {}
        for template in templates:
            resource = _resource(self, template)
            resource.apply_removal_policy(removal_policy)
            resource.node.add_dependency(*made_before)
            made_before = [resource]
            self.templates[template.template_name] = resource


def require_templates(
    templates: Sequence[VerificationTemplate], *, option: str = "templates", limit: int = MAX_STACK_CONTENT
) -> None:
    """Refuse what one Region, or the template of one stack, cannot hold.

    Args:
        templates: The templates.
        option: The option that they are from.
        limit: Bytes that they may take in the stack's template.

    Raises:
        ConfigurationError: ``templates-invalid``, ``template-too-large``.
    """
    names = Counter(template.template_name for template in templates)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice or not 1 <= len(templates) <= MAX_TEMPLATES:
        raise ConfigurationError(
            "templates-invalid",
            option=option,
            rule=f"1 to {MAX_TEMPLATES}, each name once (SES Developer Guide, custom verification FAQ).",
            got=twice or f"{len(templates)} templates",
            fix="rename one of those with the same name, or leave out what nobody sends with",
        )
    sizes = {item.template_name: len(json.dumps(item.submitted())) for item in templates}
    if sum(sizes.values()) > limit:
        largest = max(sizes, key=lambda name: sizes[name])
        raise ConfigurationError(
            "template-too-large",
            option=option,
            rule="SES takes 10 MB, but CloudFormation 1 MB for a whole stack: the templates of one stack may"
            f" have {limit} bytes, where a character beyond ASCII counts as its reference (&#8364;).",
            got=f"{sum(sizes.values())} bytes, {sizes[largest]} of them in {largest}",
            fix='use smaller images, or images that stand on the web (<img src="https://...">), or a second'
            " stack",
        )


def _resource(scope: Construct, template: VerificationTemplate) -> ses.CfnCustomVerificationEmailTemplate:
    values = template.submitted()
    return ses.CfnCustomVerificationEmailTemplate(
        scope,
        # A new name is a new template; the id follows it, so that SES makes it before the old one goes.
        template.template_name,
        template_name=values["TemplateName"],
        from_email_address=values["FromEmailAddress"],
        template_subject=values["TemplateSubject"],
        template_content=values["TemplateContent"],
        success_redirection_url=values["SuccessRedirectionURL"],
        failure_redirection_url=values["FailureRedirectionURL"],
    )

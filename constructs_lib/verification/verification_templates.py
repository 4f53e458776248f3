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

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from constructs import Construct, IDependable

from constructs_lib.regions import require_ses_region
from constructs_lib.sending.send_policy import SendingIdentity
from constructs_lib.verification.template_limits import require_templates
from constructs_lib.verification.verification_template import VerificationTemplate


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

"""The custom verification templates of one environment in one Region, made when senders are verified."""

from constructs import Construct

from constructs_lib.verification.verification_templates import VerificationTemplates
from stacks.config import MailEnvironment
from stacks.region_stack import RegionStack
from stacks.verified_domain import verified_domain


class TemplateStack(RegionStack):
    """Templates, and a gate for each domain that they are sent from.

    A stack of its own, after the identities: a wait that ends in vain takes no identity back. Nothing waits
    for a sender that is an address of its own: a person has to follow a link, so it fails until then.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment, region: str) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: custom verification e-mail templates",
        )
        templates = config.templates_in(region)
        made = VerificationTemplates(
            self,
            "Templates",
            templates=templates,
            identities=[config.identity_of(template) for template in templates],
        )
        for domain in config.domains:
            sent = [template for template in templates if config.identity_of(template) == domain.domain]
            if not sent:
                continue
            gate = verified_domain(self, config, domain)
            for template in sent:
                gate.hold(made.templates[template.template_name])

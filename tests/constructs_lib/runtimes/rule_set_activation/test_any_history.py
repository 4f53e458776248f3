"""Any history: deployments, deletions, repeated requests, deaths, and others who change what is active."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from constructs_lib.runtimes.custom_resource import RequestType
from tests.constructs_lib.runtimes.rule_set_activation.fake_aws import Account, Fault, Stack

OURS = ("inbound", "news", "mail")
THEIRS = ("theirs", "third")
FAULTS = st.none() | st.builds(
    Fault,
    at=st.integers(0, 4),
    after_effect=st.booleans(),
    dies=st.booleans(),
    times=st.integers(1, 3),
)


class History(RuleBasedStateMachine):
    """One account. `former` holds what may be made active again: more than one after a failed take-over."""

    @initialize(active=st.sampled_from([None, "theirs", "inbound"]))
    def begin(self, active: str | None) -> None:
        self.account = Account(sets={*THEIRS, *({active} if active else ())}, active=active)
        self.stack = Stack(account=self.account, owned={"inbound"} if active == "inbound" else set())
        self.former: set[str | None] = {None}
        self.seen = 0

    @rule(
        name=st.sampled_from(OURS),
        take_over=st.booleans(),
        fails_elsewhere=st.booleans(),
        deliveries=st.integers(1, 2),
        fault=FAULTS,
    )
    def deploy(
        self, name: str, deliveries: int, fault: Fault | None, *, take_over: bool, fails_elsewhere: bool
    ) -> None:
        before, exists = self.account.active, self.stack.properties is not None
        self.stack.deliveries, self.account.fault = deliveries, fault
        if not exists:
            self.former = {before}
        elif before in THEIRS:
            self.former |= {before}  # about to be replaced, perhaps
        done = self.stack.deploy(name, take_over=take_over, fails_elsewhere=fails_elsewhere)
        self.account.fault = None
        if done and before not in THEIRS:
            assert self.account.active == name
        if done and take_over:
            assert self.account.active == name
        if not done and not exists:
            assert self.account.active == before
            assert not self.account.parameters
        self.look()
        if self.stack.properties is None:
            self.former = {None}

    @precondition(lambda self: self.stack.properties)
    @rule(deliveries=st.integers(1, 2), fault=FAULTS)
    def destroy(self, deliveries: int, fault: Fault | None) -> None:
        before = self.account.active
        self.stack.deliveries, self.account.fault = deliveries, fault
        gone = self.stack.destroy()
        self.account.fault = None
        after = self.account.active
        self.look()
        assert not self.account.parameters
        assert after == before or before in OURS
        # Only what was active by a person's hand before is still in the way of its own deletion.
        assert gone or (after in self.former and after in OURS)
        self.former = {None}

    @rule()
    def redelivery(self) -> None:
        self.stack.deliver_again()
        self.look()

    @rule(name=st.sampled_from([None, *THEIRS]))
    def somebody_activates(self, name: str | None) -> None:
        if name is None or name in self.account.sets:
            self.account.active = name

    @rule(name=st.sampled_from(THEIRS))
    def somebody_deletes(self, name: str) -> None:
        self.account.delete_set(name)

    @rule(name=st.sampled_from(THEIRS))
    def somebody_makes(self, name: str) -> None:
        self.account.sets.add(name)

    def look(self) -> None:
        """What the function switched since the last look, each switch by itself."""
        for before, after, request in self.account.switches[self.seen :]:
            assert request
            taking_over = request.properties["TakeOver"] == "true" and request.type is not RequestType.DELETE
            assert before not in THEIRS or before == after or taking_over
            if after in OURS and request.type is not RequestType.DELETE:
                if before in THEIRS:
                    self.former = {before}
            else:
                assert request.type is RequestType.DELETE
                assert after in self.former or after is None
                # None is made active only where nothing else can be.
                assert after or any(name not in self.account.sets for name in self.former)
        self.seen = len(self.account.switches)

    @invariant()
    def what_is_active_exists(self) -> None:
        if hasattr(self, "account"):
            assert self.account.active is None or self.account.active in self.account.sets


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=250, stateful_step_count=20, deadline=None)

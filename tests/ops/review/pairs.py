"""Pairs of environments, before and after, with the rating of the change and the sentence that earns it.

The kinds are those that broke for people, and the near ones that must not alarm anybody.
"""

from tests.ops.review.data_pairs import DATA_PAIRS
from tests.ops.review.identity_pairs import IDENTITY_PAIRS
from tests.ops.review.receiving_pairs import RECEIVING_PAIRS
from tests.ops.review.sending_pairs import SENDING_PAIRS

PAIRS = IDENTITY_PAIRS + RECEIVING_PAIRS + SENDING_PAIRS + DATA_PAIRS

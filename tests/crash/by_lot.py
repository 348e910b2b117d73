"""The laws' machine once, from a seed, without looking for the shortest story: for the mutants."""

import sys

from hypothesis import Phase, core, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.machine import Happenings
from tests.flows.test_laws import A_FEW

if __name__ == "__main__":
    # What pytest's --hypothesis-seed sets.
    core.global_force_seed = int(sys.argv[1])  # type: ignore[assignment]  # None by default
    once = settings(A_FEW, phases=[Phase.generate], database=None)
    run_state_machine_as_test(Happenings, settings=once)

"""The figures of a soak are what the samples say: slopes, deaths, rates."""

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.control.soaking.figures import Counts, deaths, slope_per_s, uses
from orderdesk.control.soaking.samples import ProcessSample


def sample(at_s: float, memory_mb: float, pid: int = 1, name: str = "placing") -> ProcessSample:
    """One process at one moment."""
    return ProcessSample(at_s, name, pid, int(memory_mb * 1024), files=10 + int(at_s))


@given(st.floats(-5, 5), st.floats(0, 1_000), st.integers(2, 30))
def test_slope_when_points_lie_on_a_line_then_it_is_the_lines(
    slope: float, start: float, count: int
) -> None:
    """Least squares find a straight line exactly, but for rounding."""
    points = [(float(x), start + slope * x) for x in range(count)]
    assert abs(slope_per_s(points) - slope) < 1e-6


def test_slope_when_there_is_nothing_to_draw_a_line_through_then_it_is_0() -> None:
    """One point, or all at one time."""
    assert slope_per_s([(1.0, 5.0)]) == slope_per_s([(1.0, 5.0), (1.0, 7.0)]) == 0.0


def test_uses_when_a_process_grows_then_its_slope_leaves_the_warm_up_out() -> None:
    """Two thirds jump; after them 1 MB a minute is 60 an hour, 10,080 in a week."""
    samples = [sample(60 * n, 10 * n) for n in range(6)]
    samples += [sample(60 * n, 100 + n) for n in range(6, 10)]
    (use,) = uses(samples)
    assert (use.name, use.first_mb, use.last_mb) == ("placing", 106, 109)
    assert abs(use.slope_mb_per_h - 60) < 1e-6
    assert abs(use.week_mb - 10_080) < 1e-3
    assert (use.files_first, use.files_last) == (370, 550)


def test_deaths_when_a_process_is_gone_then_it_is_counted_though_it_came_back() -> None:
    """A restarted process has another number."""
    samples = [sample(0, 1), sample(2, 1, pid=2), sample(2, 1, pid=9, name="beat")]
    samples += [sample(4, 1, pid=2), sample(4, 1, pid=9, name="beat")]
    assert deaths(samples) == ["placing 1"]
    assert deaths(samples[1:]) == []


def test_error_rate_when_nothing_was_placed_then_it_is_0() -> None:
    """And otherwise errors per order."""
    assert Counts().error_rate == 0
    assert Counts(placed=4, errors=("x",)).error_rate == 0.25

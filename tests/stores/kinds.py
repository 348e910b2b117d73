"""The two kinds of every port: the shipped fake, and the real thing on a real server."""

import pytest

BOTH = (
    pytest.param("fake", id="fake"),
    pytest.param("redis", id="redis", marks=pytest.mark.processes),
)

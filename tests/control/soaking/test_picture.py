"""The picture of a soak is an SVG that any viewer reads, with a line a process."""

from xml.etree import ElementTree as ET

from orderdesk.control.soaking.picture import HEIGHT, WIDTH, memory_svg
from orderdesk.control.soaking.samples import ProcessSample

SVG = "{http://www.w3.org/2000/svg}"


def test_picture_when_drawn_then_each_process_has_a_line_within_it() -> None:
    """Whatever they are called."""
    samples = [
        ProcessSample(at_s, name, 1, kb, 1)
        for name in ("placing", "<odd> & co")
        for at_s, kb in ((0.0, 50_000), (60.0, 90_000), (120.0, 70_000))
    ]
    root = ET.fromstring(memory_svg(samples))
    lines = root.findall(f"{SVG}polyline")
    assert len(lines) == 2
    for line in lines:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    assert "<odd> & co" in {text.text for text in root.findall(f"{SVG}text")}


def test_picture_when_there_is_nothing_to_draw_then_it_is_empty_and_well_formed() -> None:
    """A soak that ended at once."""
    assert ET.fromstring(memory_svg([])).findall(f"{SVG}polyline") == []

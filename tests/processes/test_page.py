"""The page in a real browser, beside a real desk: what a trader sees and does there."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from orderdesk.control.operators import new_token
from orderdesk.core.intents import DeadLetter
from tests.processes.http_side import HttpSide, start_http
from tests.processes.running_desk import RunningDesk, running_desk

PROGRAM = "chromium"
pytestmark = [pytest.mark.processes, pytest.mark.needs_program(PROGRAM)]

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS = 30_000
LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "44500"}
LETTER = DeadLetter(
    id=0, at_ms=1, task="sync_portfolio", task_id="t-1", arguments={"account": "main"},
    reason="ExchangeRefused", message="<b>it broke</b>", attempts=4, trace="", account="main",
)  # fmt: skip
READER, READER_ENTRY = new_token("looker")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which playwright drives as well as one of its own."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which(PROGRAM), args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with a worker and beat."""
    home = tmp_path_factory.mktemp("on a page")
    with running_desk(home, ORDERDESK_READERS=READER_ENTRY) as running:
        running.start_worker("all")
        running.start_beat()
        yield running


@pytest.fixture(scope="module")
def side(desk: RunningDesk) -> HttpSide:
    """Its HTTP side."""
    return start_http(desk)


@pytest.fixture
def page(browser: Browser, side: HttpSide) -> Iterator[Page]:
    """The page as its operator opens it; whatever it complains of fails the test."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text))
        opened.on("dialog", lambda dialog: complaints.append(dialog.message))
        opened.goto(f"{side.url}/#token={side.token}")
        expect(opened.get_by_text("live", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        yield opened
        # A browser tells by itself of every connection that it loses.
        assert [said for said in complaints if "net::ERR" not in said] == []


def test_page_when_an_order_is_placed_by_delay_then_it_appears_and_moves(
    page: Page, desk: RunningDesk
) -> None:
    """Pushed: nobody reloads. It is cancelled where it stands, and is found among the ended."""
    desk.call("place_order").delay(**LIMIT, idempotency_key="by-delay")
    row = page.locator("#orders tbody tr").filter(has_text="by-delay")
    expect(row).to_contain_text("new", timeout=PATIENCE_MS)
    expect(row).to_contain_text("44\u2009500")

    page.get_by_role("button", name="Cancel by-delay").click()

    ended = page.locator("#ended tbody tr").filter(has_text="by-delay")
    expect(ended).to_contain_text("canceled", timeout=PATIENCE_MS)
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Story of by-delay").click()
    expect(page.get_by_role("dialog")).to_contain_text("The exchange took it")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_kill_when_it_is_pressed_by_keyboard_then_everything_stops_until_it_is_released(
    page: Page, desk: RunningDesk
) -> None:
    """Focus, Enter, Enter: a stop must not wait. A release takes a reason."""
    desk.call("place_order").delay(**LIMIT, idempotency_key="to-be-killed")
    expect(page.locator("#orders tbody tr").filter(has_text="to-be-killed")).to_be_visible()
    page.get_by_role("button", name="Stop all sending").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").filter(has_text="stopped by hand")).to_contain_text(
        "nothing is open, and nothing can land", timeout=PATIENCE_MS
    )
    switch = desk.ledger.switch("kill")
    assert switch is not None
    assert (switch.engaged, switch.by) == (True, "paper")
    expect(page.locator("#orders tbody tr").filter(has_text="to-be-killed")).to_have_count(0)

    page.get_by_role("button", name="Allow sending again").click()
    page.get_by_label("Why? It is written down.").fill("the drill is over")
    page.get_by_role("button", name="Allow sending", exact=True).click()
    expect(page.get_by_role("button", name="Stop all sending")).to_be_visible()
    expect(page.locator("#killed")).to_be_hidden()


def test_page_when_a_name_is_markup_then_it_is_read_and_not_run(
    page: Page, desk: RunningDesk
) -> None:
    """A client id, a dead letter's message and a kill's reason come from outside."""
    evil = "<img/src=x/onerror=window.ran=1>"
    desk.call("place_order").delay(**LIMIT, idempotency_key=evil)
    letter = desk.ledger.bury(LETTER, end_as=None, now_ms=1)
    expect(page.locator("#orders tbody th").filter(has_text=evil)).to_be_visible()
    expect(page.locator("#letters tbody")).to_contain_text("<b>it broke</b>")
    page.get_by_role("button", name=f"Story of {evil}").click()
    expect(page.get_by_role("heading", name=evil)).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("window.ran") is None
    assert page.locator("main img, main b").count() == 0
    desk.ledger.close_dead_letter(letter.id, state="DISCARDED", note="a test")


def test_policy_when_a_script_gets_into_the_page_all_the_same_then_it_does_not_run(
    browser: Browser, side: HttpSide
) -> None:
    """Should a way be found, the policy stands behind it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(side.url)
        page.evaluate(INTRUDER)
        assert page.evaluate("window.ran") is None


INTRUDER = """() => {
  const ways = [
    () => {
      const button = document.body.appendChild(document.createElement('button'));
      button.setAttribute('onclick', 'window.ran = 1');
      button.click();
    },
    () => {
      const script = document.createElement('script');
      script.append('window.ran = 1');
      document.body.append(script);
    },
    () => { document.body.innerHTML = '<img src=x onerror="window.ran = 1">'; },
  ];
  for (const way of ways) {
    try { way(); } catch { /* trusted types take no text for these */ }
  }
}"""


def test_page_when_an_answer_is_lost_then_the_fence_is_counted_down(
    page: Page, desk: RunningDesk
) -> None:
    """In doubt: shown apart, with how long it can still land and what proves that it did not."""
    desk.door.fault("lose_request", method="POST", path="/api/v3/order")
    desk.call("place_order").delay(**LIMIT, idempotency_key="in-doubt")
    item = page.locator("#unknown li").filter(has_text="in-doubt")
    expect(item).to_contain_text(re.compile(r"fence in \d"), timeout=PATIENCE_MS)
    expect(item).to_contain_text("past the fence", timeout=PATIENCE_MS)
    expect(item.get_by_role("progressbar")).to_be_visible()
    desk.call("cancel_order").delay("in-doubt")


def test_letter_when_it_is_discarded_on_the_page_then_with_a_reason_that_is_kept(
    page: Page, desk: RunningDesk
) -> None:
    """The dialog does not let go without one."""
    letter = desk.ledger.bury(LETTER, end_as=None, now_ms=2)
    page.get_by_role("button", name=f"Discard dead letter {letter.id}").click()
    page.get_by_role("button", name="Discard it").click()
    assert page.get_by_role("dialog").is_visible()
    page.get_by_label("Why? It is written down.").fill("seen it")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#letters")).to_be_hidden(timeout=PATIENCE_MS)
    closed = desk.ledger.dead_letter(letter.id)
    assert closed is not None
    assert (closed.state, closed.note) == ("DISCARDED", "seen it (by paper)")


def test_letter_when_it_is_replayed_on_the_page_then_its_work_is_run_again(
    page: Page, desk: RunningDesk
) -> None:
    """One question, one press."""
    letter = desk.ledger.bury(LETTER, end_as=None, now_ms=3)
    page.get_by_role("button", name=f"Replay dead letter {letter.id}").click()
    page.get_by_role("button", name="Run it again").click()
    expect(page.locator("#letters")).to_be_hidden(timeout=PATIENCE_MS)
    closed = desk.ledger.dead_letter(letter.id)
    assert closed is not None
    assert closed.state == "REPLAYED"


def test_page_when_a_reader_opens_it_then_it_shows_all_and_nothing_can_be_pressed(
    browser: Browser, desk: RunningDesk, side: HttpSide
) -> None:
    """By hand, at the door; a wrong token is told so, and neither stays in the address."""
    desk.call("place_order").delay(**LIMIT, idempotency_key="looked-at")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{side.url}/#token=wrong")
        expect(page.get_by_role("alert").filter(has_text="nobody's")).to_be_visible()
        assert "token" not in page.url
        page.get_by_label("Token").fill(READER)
        page.keyboard.press("Enter")
        cancel = page.get_by_role("button", name="Cancel looked-at")
        expect(cancel).to_be_disabled(timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name="Stop all sending")).to_be_disabled()
        assert context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_when_it_is_light_or_dark_then_every_tone_can_be_read(
    browser: Browser, side: HttpSide, scheme: str
) -> None:
    """A contrast of 4.5 against the panel: WCAG 2.2, 1.4.3 (AA)."""
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]  # one of two
        page = context.new_page()
        page.goto(f"{side.url}/#token={side.token}")
        page.wait_for_selector("#limits li")
        contrasts = page.evaluate(CONTRASTS)
        assert {tone: ratio for tone, ratio in contrasts.items() if ratio < 4.5} == {}
        assert len(contrasts) == 7


CONTRASTS = """() => {
  const light = (text) => {
    const part = (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    const [r, g, b] = text.match(/[0-9.]+/g).map(Number).map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const panel = document.querySelector('#limits');
  const ground = light(getComputedStyle(panel).backgroundColor);
  const found = {};
  for (const tone of ['text', 'quiet', 'blue', 'good', 'bad', 'warn', 'doubt']) {
    const probe = panel.appendChild(document.createElement('i'));
    probe.style.setProperty('color', `var(--${tone})`);
    const shown = light(getComputedStyle(probe).color);
    probe.remove();
    found[tone] = (Math.max(shown, ground) + 0.05) / (Math.min(shown, ground) + 0.05);
  }
  return found;
}"""


@pytest.mark.parametrize("width", [360, 900, 1400])
def test_page_when_it_is_narrow_or_wide_then_nobody_scrolls_sideways_and_every_button_has_a_name(
    browser: Browser, desk: RunningDesk, side: HttpSide, width: int
) -> None:
    """On a telephone, too; what has no name cannot be used by who does not see it."""
    desk.call("place_order").delay(**LIMIT, idempotency_key=f"a-long-name-{'x' * 60}-{width}")
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{side.url}/#token={side.token}")
        page.wait_for_selector("#orders tbody tr")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        for button in page.get_by_role("button").all():
            assert (button.get_attribute("aria-label") or button.inner_text()).strip()


def test_page_when_the_desk_is_gone_then_it_says_that_it_is_old_and_comes_back(
    page: Page, desk: RunningDesk, side: HttpSide
) -> None:
    """Old figures that look like new ones are worse than none."""
    desk.kill("http")
    expect(page.get_by_text("The desk does not answer")).to_be_visible(timeout=PATIENCE_MS)
    start_http(desk, port=side.port)
    expect(page.get_by_text("The desk does not answer")).to_be_hidden(timeout=PATIENCE_MS)

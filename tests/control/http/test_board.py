"""Everybody who looks is given what is new, and nobody can hold the others up."""

import asyncio

from orderdesk.control.http.board import Board, Section


def _looked(board: Board, *, times: int, then: list[tuple[str, str]]) -> list[str]:
    """Look until so many sections were given; after the first, put `then`."""

    async def look() -> list[str]:
        given: list[str] = []
        looking = board.look()
        async for section in looking:
            given.append(section.text)
            if len(given) == 1:
                for name, text in then:
                    board.put(name, text)
            if len(given) == times:
                await looking.aclose()  # type: ignore[attr-defined]  # it is a generator
                return given
        return given

    return asyncio.run(asyncio.wait_for(look(), 10))


def test_board_when_somebody_looks_then_all_is_given_and_then_what_changes() -> None:
    """A change that came while a section was being sent is not lost."""
    board = Board()
    board.put("a", "1")
    board.put("b", "1")
    assert _looked(board, times=3, then=[("a", "2")]) == ["1", "1", "2"]


def test_board_when_a_section_is_put_again_as_it_was_then_nobody_is_told() -> None:
    """And of several changes in between only the last one is sent."""
    board = Board()
    board.put("a", "1")
    changes = [("a", "1"), ("a", "2"), ("a", "3"), ("a", "4")]
    assert _looked(board, times=2, then=changes) == ["1", "4"]


def test_board_when_a_reader_leaves_then_nothing_of_it_stays() -> None:
    """Pages come and go all day."""
    board = Board(most=1)
    board.put("a", "1")
    for _ in range(3):
        assert board.has_room() is True
        assert _looked(board, times=1, then=[]) == ["1"]
    assert board.wait_for_onlooker(0) is False


def test_board_when_too_many_look_then_the_next_one_is_told() -> None:
    """A browser with a hundred tabs is no reason to run out of anything."""
    board = Board(most=1)
    board.put("a", "1")

    async def crowd() -> None:
        looking = board.look()
        assert await anext(looking) == Section("a", "1", 1)
        assert board.wait_for_onlooker(0) is True
        assert board.has_room() is False
        await looking.aclose()  # type: ignore[attr-defined]  # it is a generator

    asyncio.run(crowd())

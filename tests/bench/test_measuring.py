"""What the benches rest on: a peer that counts as a platform does, and rows that say the truth."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench.ceiling import Nodding
from tests.bench.layers import layer
from tests.bench.load import Burst, closed
from tests.bench.peers import Limit, Peer, SlackPeer, open_peer
from tests.bench.processes import Nonsense
from tests.bench.report import Row, percentile, ratios

POST = b"POST /api/chat.postMessage HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b"


def message(number: int) -> bytes:
    body = b'{"channel":"U%d","metadata":{"event_payload":{"delivery_id":"d%d"}}}' % (number, number)
    return POST % (len(body), body)


async def test_every_request_is_answered_once_however_many_are_under_way() -> None:
    async with open_peer(Nodding()) as peer:
        burst = await closed(peer.port, [message(number) for number in range(500)], 32)
    assert len(burst.latencies) == 500
    assert peer.connections == 32


async def test_a_peer_refuses_what_is_over_its_limit_and_says_so_when_it_comes_too_early() -> None:
    async with open_peer(SlackPeer(limit=Limit(most=10))) as peer:
        with pytest.raises(Nonsense, match=r"10 of 12 answered, 2 badly.*429"):
            await closed(
                peer.port, [message(number) for number in range(12)], 1, lambda answer: b" 200 OK" in answer
            )
    assert len(peer.accepted) == 10
    assert peer.most() == 12


def test_the_window_is_closed_at_both_ends() -> None:
    peer = Peer(arrivals=[0.0, 0.25, 0.5, 1.0, 1.25])
    assert peer.most() == 4
    assert peer.most(0.24) == 1


def test_a_delivery_that_arrived_twice_or_not_at_all_is_nonsense() -> None:
    peer = Peer()
    peer.accepted.update({"d1": 1, "d2": 2})
    with pytest.raises(Nonsense, match="1 of them twice"):
        peer.each_once({"d1", "d2"})
    with pytest.raises(Nonsense, match="2 of 3 arrived"):
        peer.each_once({"d1", "d2", "d3"})


def test_an_answer_that_is_missing_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="1 of 2 answered"):
        Burst(latencies=[0.1]).checked(2)


def test_a_goal_is_met_at_its_limit_and_a_figure_without_one_is_neither() -> None:
    assert Row("a", "1", ratio=0.8, goal=">= 0.8").met is True
    assert Row("a", "1", ratio=3.1, goal="<= 3").met is False
    assert Row("a", "1", ratio=3.1).met is None


def test_rounds_are_compared_each_with_itself() -> None:
    assert ratios([1.0, 10.0, 3.0], [2.0, 20.0, 1.0]) == 0.5
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


@pytest.mark.parametrize(
    ("frames", "where"),
    [
        (["run (asyncio/runners.py:1)", "dispatch (x/slack_bolt/app.py:2)", "loads (json/__init__.py:3)"], "Bolt"),
        (["_serve (x/storage/writer.py:1)", "append (x/storage/ledger.py:2)", "run (x/sqlalchemy/b.py:3)"], "ledger"),
        (["_run (x/storage/reader.py:1)", "find (x/storage/people.py:2)"], "read"),
        (["_serve (x/storage/writer.py:1)", "do_commit (x/sqlalchemy/default.py:2)"], "commit"),
        (["main (somewhere.py:1)"], "other"),
    ],
)  # fmt: skip
def test_a_sample_belongs_to_the_innermost_layer_that_is_known(frames: list[str], where: str) -> None:
    assert where in layer(frames)


def test_every_bench_can_be_called() -> None:
    """None of them runs in the tests, so a name that moved would be noticed only by whoever measures next."""
    listed = subprocess.run([sys.executable, "-m", "tests.bench", "--help"], capture_output=True, text=True)
    assert (listed.returncode, listed.stderr) == (0, "")

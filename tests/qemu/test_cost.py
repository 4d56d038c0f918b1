# SPDX-License-Identifier: BSD-2-Clause
"""What a boot costs may not creep up unnoticed. Counts repeat exactly, so a ceiling needs little room: three in a hundred above
what was counted when it was set. Who makes a boot cheaper lowers it; who has to raise it says in the commit what for.
tests/bench compares with the goals and with other firmware, and says where the instructions go."""

import counting
import machine as qemu
import pytest

# Instructions and device accesses from reset to the kernel's first instruction, by machine.
CEILINGS = {
    "qemu-aarch64": (
        ({}, 43_800, 10),
        ({"machine": "virt,virtualization=on"}, 44_600, 10),
        ({"machine": "virt,gic-version=3"}, 44_400, 10),
        ({"cpu": "max,pauth-impdef=on"}, 44_100, 10),
        ({"smp": 8}, 45_200, 10),
        ({"log": "info"}, 209_000, 2_640),
    ),
    "qemu-x86_64": (
        ({}, 40_000, 99),
        ({"smp": 8}, 41_000, 99),
        ({"log": "info"}, 225_000, 3_100),
    ),
}


@pytest.mark.parametrize("board", CEILINGS)
def test_cost(board):
    too_much = []
    for settings, instructions, accesses in CEILINGS[board]:
        arch = qemu.ARCH[board]
        result = counting.count(board, kernel=qemu.GUESTS / arch / "kernel-6.1", append="quiet",
                                initrd=qemu.BUILD / "initrd" / f"{arch}.cpio", **settings)
        assert result.reached is not None, f"{settings}: the kernel was not reached\n{result.console}"
        for what, n, ceiling in (("instructions", result.instructions, instructions),
                                 ("device accesses", result.accesses, accesses)):
            if n > ceiling:
                too_much.append(f"{settings or 'the usual machine'}: {n:,} {what}, more than {ceiling:,}")
    assert not too_much


@pytest.mark.parametrize("board", CEILINGS)
def test_allocations_are_flat(board):
    """EFI's pages and pools with 10,000 live allocations cost what they cost with 10, but for the tree that finds a region."""
    rows = counting.allocations(board)
    assert len(rows) == 6
    assert not [(way, costs) for way, costs in rows.items() if costs[-1] > costs[0] * counting.growth_max(way)]

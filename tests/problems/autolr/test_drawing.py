"""Schedules drawn."""

from __future__ import annotations

import pytest


def test_a_step_plot_has_axes_levels_and_corners(drawing):
    assert (
        drawing.draw((0.02, 0.02, 0.1, 0.1, 0.0, 0.0), 1)
        == """\
learning rate
  0.1000 ┤                    ╭───────────────────╮
         ┤                    │                   │
         ┤                    │                   │
         ┤                    │                   │
  0.0500 ┤                    │                   │
         ┤                    │                   │
         ┤────────────────────╯                   │
         ┤                                        │
  0.0000 ┤                                        ╰───────────────────
         └────────────────────────────────────────────────────────────
          1                           epoch                          6"""
    )


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 20, 59, 60, 61, 100, 1000])
def test_every_length_fits_a_terminal(drawing, epochs):
    for first_epoch in (0, 1):
        text = drawing.draw([0.01, 0.05] * epochs, first_epoch)
        assert max(map(len, text.splitlines())) <= 72
        assert text.splitlines()[-1].split() == [
            str(first_epoch),
            "epoch",
            str(first_epoch + 2 * epochs - 1),
        ]


def test_a_spike_between_columns_is_seen(drawing):
    table = [0.01] * 1000
    table[501] = 0.1
    assert "│" in drawing.draw(table, 1)


def test_a_schedule_of_zeros_can_be_drawn(drawing):
    assert "0.0000 ┤───" in drawing.draw([0.0] * 20, 1)


def test_the_picture_is_a_png(drawing, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    drawing.plot((0.01, 0.05, 0.02), 1, tmp_path / "policy.png")
    assert (tmp_path / "policy.png").read_bytes().startswith(b"\x89PNG")

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


@pytest.fixture
def figure(drawing, tmp_path, monkeypatch):
    """Draws, and gives the figure in place of a file."""
    module = pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")

    def draw(*arguments, **options):
        figures = []
        monkeypatch.setattr(module.Figure, "savefig", lambda self, *_, **__: figures.append(self))
        drawing.plot(*arguments, tmp_path / "policy.png", **options)
        figures[0].draw_without_rendering()
        return figures[0]

    return draw


@pytest.mark.parametrize("first_epoch", [0, 1])
def test_the_end_of_training_is_a_line_after_the_last_epoch_trained(figure, first_epoch):
    (axes,) = figure([0.09, 0.02] * 50, first_epoch, stopped=43).axes
    (line,) = axes.lines
    # Half way between the last epoch that was trained and the next one.
    assert set(line.get_xdata()) == {first_epoch + 42.5}
    assert line.get_linestyle() == "--" and line.get_label() == "end of training (43 epochs)"
    assert not figure([0.09, 0.02], first_epoch).axes[0].lines


def test_each_epoch_is_a_step_around_its_number(figure):
    (axes,) = figure((0.01, 0.05, 0.02), 1, baselines={"flat": (0.03,) * 3, "short": (0.2,)}).axes
    policy, *grey = axes.patches
    assert policy.get_data().values.tolist() == [0.01, 0.05, 0.02]
    assert policy.get_data().edges.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert [step.get_label() for step in grey] == ["flat", "short"]
    for step in grey:
        red, green, blue, _ = step.get_edgecolor()
        assert red == green == blue and step.get_zorder() < policy.get_zorder()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "learning rate")


def test_without_baselines_the_papers_static_rate_is_one(figure):
    (axes,) = figure((0.05, 0.02), 0).axes
    assert axes.patches[1].get_label() == "static 0.01"
    assert axes.patches[1].get_data().values.tolist() == [0.01, 0.01]


def test_the_legend_covers_nothing_and_all_fits_a_page(figure):
    names = {f"baseline {number}": [0.01] * 100 for number in range(8)}
    drawn = figure([0.05] * 100, 1, stopped=20, baselines=names)
    (axes,), (legend,) = drawn.axes, drawn.legends
    assert len(legend.get_texts()) == 10
    assert legend.get_window_extent().y0 > axes.get_window_extent().y1
    assert legend.get_window_extent().x0 >= 0 and legend.get_window_extent().x1 <= drawn.bbox.x1
    assert drawn.get_size_inches()[0] == 6.5


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_ending_says_the_format(drawing, tmp_path, ending, start):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    drawing.plot((0.01, 0.0), 1, tmp_path / f"policy.{ending}", stopped=1)
    assert (tmp_path / f"policy.{ending}").read_bytes().startswith(start)

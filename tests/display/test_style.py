"""The style sheet and the names of its colours."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lecturelib.display import style, use_style
from lecturelib.display.style import lecture_style, symmetric_limits


def luminance(color: str) -> float:
    """Return the relative luminance that the web's contrast ratio is made of."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.fixture
def fresh():
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def test_the_style_is_loaded(fresh):
    use_style()
    assert mpl.rcParams["image.cmap"] == "gray"
    assert mpl.rcParams["axes.prop_cycle"].by_key()["color"][0].upper().lstrip("#") == "0173B2"
    assert mpl.rcParams["font.sans-serif"] == ["DejaVu Sans"]
    assert mpl.rcParams["savefig.transparent"] is False


def test_no_letter_is_smaller_than_eleven_points(fresh):
    use_style()
    names = [
        "font.size",
        "axes.titlesize",
        "axes.labelsize",
        "xtick.labelsize",
        "ytick.labelsize",
        "legend.fontsize",
    ]
    assert min(mpl.rcParams[name] for name in names) >= 11


def test_the_style_can_be_borrowed(fresh):
    mpl.rcParams["font.size"] = 7
    with lecture_style():
        assert mpl.rcParams["font.size"] == 12
    assert mpl.rcParams["font.size"] == 7


@pytest.mark.parametrize("role", style.TEXT_COLORS)
def test_letters_in_a_role_s_colour_can_be_read_on_white(role):
    assert 1.05 / (luminance(style.TEXT_COLORS[role]) + 0.05) >= 4.5


def test_roles_differ_without_colour():
    assert len(set(style.ROLE_MARKERS.values())) == len(set(style.ROLE_HATCHES.values())) == 4


def test_roles_come_from_the_colour_cycle(fresh):
    use_style()
    cycle = {f"#{color.lstrip('#').upper()}" for color in mpl.rcParams["axes.prop_cycle"].by_key()["color"]}
    assert {style.INPUT, style.KERNEL, style.OUTPUT, style.HIGHLIGHT, style.MUTED} <= cycle


@pytest.mark.parametrize("name", [style.GRAY, style.DIVERGING, style.SEQUENTIAL])
def test_the_colour_maps_exist(name):
    assert name in mpl.colormaps


def test_the_diverging_map_is_nearly_white_at_zero():
    assert min(mpl.colormaps[style.DIVERGING](0.5)[:3]) > 0.9


def test_limits_are_symmetric():
    assert symmetric_limits([[-3, 1, 2], [0, 0, 1]]) == (-3.0, 3.0)
    assert symmetric_limits([1.0, np.nan, -np.inf]) == (-1.0, 1.0)
    assert symmetric_limits(np.zeros((2, 3))) == (-1.0, 1.0)
    assert symmetric_limits([]) == (-1.0, 1.0)

"""What `show` puts on the page."""

import re
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lecturelib.display import show
from lecturelib.display.show import SMALL, check_sentence, encode, figure_bundle, render

SENTENCE = 'A line climbs from 1 < 2 & "two" to 3.'


def line_figure() -> Figure:
    figure = Figure(figsize=(6, 3), dpi=100)
    figure.add_subplot().plot([1, 2, 3])
    return figure


def photo(height: int = 400, width: int = 700) -> np.ndarray:
    """Make a smooth picture with thousands of colours and some noise, as a photo has."""
    rng = np.random.default_rng(3)
    rows, columns = np.mgrid[0:height, 0:width] / 100
    waves = [np.sin(rows * a + columns * b) for a, b in ((1, 2), (3, -1), (-2, 1.5))]
    return np.clip(
        127 + 90 * np.stack(waves, axis=-1) + rng.normal(0, 12, (height, width, 3)), 0, 255
    ).astype(np.uint8)


class Tags(HTMLParser):
    """Collect the start tags of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def one(self, tag: str) -> dict:
        (attributes,) = [attributes for name, attributes in self.found if name == tag]
        return attributes


def test_the_alternative_text_is_the_sentence_to_the_letter():
    bundle = figure_bundle(line_figure(), SENTENCE)
    assert Tags(bundle["text/html"]).one("img")["alt"] == SENTENCE  # the parser undoes the escaping
    assert bundle["text/plain"] == SENTENCE
    assert "1 &lt; 2 &amp; &quot;two&quot;" in bundle["text/html"]


def test_a_sentence_cannot_bring_markup_of_its_own():
    page = figure_bundle(line_figure(), 'Look at this "><script>alert(1)</script> carefully.')["text/html"]
    assert {tag for tag, _ in Tags(page).found} == {"div", "img", "p"}


def test_the_caption_repeats_the_sentence_but_is_not_read_twice():
    bundle = figure_bundle(line_figure(), "The line climbs from 1 to 3.")
    assert Tags(bundle["text/html"]).one("p")["aria-hidden"] == "true"
    assert bundle["text/html"].count("The line climbs from 1 to 3.") == 2


def test_the_card_is_opaque_and_never_wider_than_the_page():
    tags = Tags(figure_bundle(line_figure(), SENTENCE)["text/html"])
    assert "background-color:#ffffff" in tags.one("div")["style"]
    assert "color:#1a1a1a" in tags.one("div")["style"]
    assert "max-width:100%" in tags.one("img")["style"]
    assert tags.one("img")["width"] == "600"


def test_a_transparent_figure_is_drawn_on_white():
    figure = line_figure()
    figure.patch.set_alpha(0)
    assert render(figure)[0, 0].tolist() == [255, 255, 255]


def test_the_same_figure_gives_the_same_bytes():
    first = figure_bundle(line_figure(), SENTENCE)
    assert first == figure_bundle(line_figure(), SENTENCE)
    figure = line_figure()
    assert figure_bundle(figure, SENTENCE) == figure_bundle(figure, SENTENCE) == first


def test_the_picture_carries_no_software_and_no_date():
    source = Tags(figure_bundle(line_figure(), SENTENCE)["text/html"]).one("img")["src"]
    image = Image.open(BytesIO(b64decode(source.partition(",")[2])))
    assert image.format == "PNG"
    assert image.info.keys() <= {"transparency"}
    assert b"Matplotlib" not in b64decode(source.partition(",")[2])


def test_show_displays_the_bundle_and_closes_the_figure(capsys):
    before = plt.get_fignums()
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    show(figure, "A line from 1 to 2, nothing else.")
    assert plt.get_fignums() == before
    assert capsys.readouterr().out == "A line from 1 to 2, nothing else.\n"


def test_a_refused_figure_stays_open():
    figure, _ = plt.subplots()
    with pytest.raises(ValueError, match="sentence must have 20 to 400 characters, got 4"):
        show(figure, "Oh n")
    assert figure.number in plt.get_fignums()
    plt.close(figure)


def test_line_art_is_a_small_palette_png():
    kind, data = encode(render(line_figure()))
    image = Image.open(BytesIO(data))
    assert (kind, image.mode) == ("png", "P")
    assert len(data) < 20_000


def test_a_photo_is_stored_as_jpeg_within_the_limit():
    kind, data = encode(photo())
    assert kind == "jpeg"
    assert len(data) <= SMALL
    back = np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)
    assert back.shape == (400, 700, 3)
    assert np.abs(back - photo()).mean() < 15


def test_colours_that_a_palette_would_spoil_stay_in_full():
    pixels = photo(60, 70)
    kind, data = encode(pixels, "png")
    image = Image.open(BytesIO(data))
    assert (kind, image.mode) == ("png", "RGB")
    np.testing.assert_array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("format", ["png", "jpeg"])
def test_the_format_asked_for_is_used(format):
    bundle = figure_bundle(line_figure(), SENTENCE, format=format)
    assert f"data:image/{format};base64," in bundle["text/html"]


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format must be one of png, jpeg or None, got 'svg'"):
        figure_bundle(line_figure(), SENTENCE, format="svg")


def test_axes_are_no_figure():
    with pytest.raises(TypeError, match="figure must be a matplotlib Figure, got Axes; pass the figure"):
        show(line_figure().axes[0], SENTENCE)
    with pytest.raises(TypeError, match="figure must be a matplotlib Figure, got list"):
        show([1, 2], SENTENCE)


@pytest.mark.parametrize(
    ("sentence", "error", "message"),
    [
        (None, TypeError, "sentence must be a string that says what is to be seen, got NoneType"),
        ("", ValueError, "sentence must have 20 to 400 characters, got 0"),
        ("Too short a text.", ValueError, "sentence must have 20 to 400 characters, got 17"),
        ("long " * 90 + ".", ValueError, "sentence must have 20 to 400 characters, got 451"),
        (
            "a title without a full stop",
            ValueError,
            "must be a whole sentence that ends in a full stop, got 'a title",
        ),
    ],
)
def test_what_is_no_sentence_is_refused(sentence, error, message):
    with pytest.raises(error, match=message):
        check_sentence(sentence)


def test_line_breaks_of_the_source_do_not_reach_the_page():
    assert check_sentence("  One long sentence\n   over two lines. ") == "One long sentence over two lines."


def test_only_markup_that_a_sanitizer_keeps():
    page = figure_bundle(line_figure(), SENTENCE)["text/html"]
    assert not re.search(r"<(script|style|svg|iframe)|\son\w+=|javascript:", page)


def test_importing_show_does_not_load_matplotlib():
    code = "import sys, lecturelib.display.show, lecturelib.display.sound; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"

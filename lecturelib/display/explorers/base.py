"""Explorers on a kept figure: the kernel changes the numbers in a figure it has kept, and sends the pixels.

An explorer is three pure pieces: ``controls_for(values)`` says what can be set, ``build(values)`` lays out
the figure, ``update(scene, values)`` puts the numbers in and returns the sentence. `KeptFigure` ties them to
the page. The view, in ``kept_figure.js``, draws native controls with real labels, because the handles of
ipywidgets' sliders have no accessible name and its Image has no alternative text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lecturelib.display.explorers.controls import Control
from lecturelib.display.show import check_sentence, figure_bundle
from lecturelib.display.style import lecture_style

MOST_CONTROLS = 4
_HERE = Path(__file__).parent


@dataclass
class Scene:
    """A figure, and the artists in it that change from frame to frame.

    Parameters
    ----------
    figure : Figure
        What is drawn; it is never registered in pyplot.
    artists : dict of str to Artist or list of Artist
        What `update` changes, by name. Everything else is drawn once and kept as pixels.
    key : hashable
        What the layout depends on: while `layout_key` stays the same, the figure is kept.
    """

    figure: Figure
    artists: dict[str, Any] = field(default_factory=dict)
    key: Any = None

    def moving(self) -> list[Artist]:
        """List the changing artists, lowest first."""
        flat: list[Artist] = []
        for entry in self.artists.values():
            flat.extend(entry if isinstance(entry, (list, tuple)) else [entry])
        return sorted(flat, key=lambda artist: artist.get_zorder())


class Painter:
    """Draw the frames of one scene: the fixed part once, the moving part each time.

    Parameters
    ----------
    scene : Scene
        Its moving artists must lie above everything else (``zorder`` of 3 or more), for they are drawn last.
    """

    def __init__(self, scene: Scene):
        self.scene = scene
        self._moving = scene.moving()
        for artist in self._moving:
            artist.set_animated(True)
        scene.figure.set_layout_engine("none")
        self._canvas = scene.figure.canvas
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(scene.figure.bbox)

    def pixels(self) -> np.ndarray:
        """Return the frame as it is now, uint8 of shape (height, width, 4)."""
        self._canvas.restore_region(self._background)
        for artist in self._moving:
            if artist.get_visible():
                self.scene.figure.draw_artist(artist)
        return np.ascontiguousarray(self._canvas.buffer_rgba())


def png(pixels: np.ndarray, *, every_colour: bool = False) -> bytes:
    """Encode a frame, uint8 of shape (height, width, 4), as a PNG of 256 colours, or of all it has.

    Notes
    -----
    Measured on a frame of 900 x 640: 7 ms and 15 kB this way, 16 ms and 35 kB in full colour, 40 ms with the
    finer palette of `show`. No colour is off by more than about 15 of 255 levels.
    """
    from PIL import Image

    buffer = BytesIO()
    image = Image.fromarray(pixels).convert("RGB")
    if not every_colour:
        image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


class KeptFigure(anywidget.AnyWidget):
    """Base class of explorers that Matplotlib draws.

    A subclass sets ``title`` and ``description``, and defines `controls_for`, `layout_key` (where the layout
    depends on the values), `build` and `update`. It must set all its own attributes before
    ``super().__init__()``, which draws the first frame.

    Attributes
    ----------
    values : dict
        What the controls are set to. Set them with `set`.
    sentence : str
        What the picture shows, in words and numbers; the line under the picture, read out when it changes.
    picture : bytes
        The frame on the page, a PNG.
    every_colour : bool
        Whether its frames keep all their colours: a subclass sets it where a palette of 256 would run faint
        grays or many tints together.

    Notes
    -----
    No thread and no timer runs in the kernel: Play asks from the page for the next frame once it has got the
    last one.
    """

    title = "Explorer"
    description = "A picture that follows its controls."
    every_colour = False

    _esm = _HERE / "kept_figure.js"
    _css = _HERE / "kept_figure.css"

    controls = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    # The page writes `request`, the kernel answers with all of the above and the request's number in
    # `answered`.
    request = traitlets.Dict().tag(sync=True, echo_update=False)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self) -> None:
        self._painter: Painter | None = None
        values = self._defaults()
        frame, sentence = self._paint(values)
        super().__init__(
            controls=self._descriptions(values),
            values=values,
            picture=frame,
            sentence=sentence,
            label=self.title,
            alt=check_sentence(self.description),
        )
        self.observe(self._answer, names="request")

    # What a subclass defines --------------------------------------------------------------------------------

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the controls, at most four; the range of one may depend on the value of another."""
        raise NotImplementedError(f"{type(self).__name__} must define controls_for")

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Return what the layout depends on: a new key, a new figure. By default one serves all."""
        return None

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out the figure for `layout_key(values)`."""
        raise NotImplementedError(f"{type(self).__name__} must define build")

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put the numbers for `values` into the scene's artists, and return the sentence that says them."""
        raise NotImplementedError(f"{type(self).__name__} must define update")

    def clicked(self, values: Mapping[str, Any], x: float, y: float) -> Mapping[str, Any]:
        """Return what a click on the picture sets, at shares `x` and `y` of its width and height.

        Only for explorers with ``clickable = True``; everything a click does, a control does too.
        """
        return {}

    # What a reader uses -------------------------------------------------------------------------------------

    def set(self, **values: Any) -> None:
        """Set controls by name, as the page does, and draw.

        Parameters
        ----------
        **values
            New values. A control whose range shrinks through them is moved to the end of its range.

        Raises
        ------
        TypeError, ValueError
            If a name is unknown or a value outside its range.
        """
        self._apply(self._checked(values))

    def frame(self, **values: Any) -> Figure:
        """Return a new figure of the present frame, with `values` changed; the explorer stays as it is.

        Returns
        -------
        Figure
            Ready for `show`.
        """
        figure, _ = self._fresh(self._checked(values))
        return figure

    def _repr_mimebundle_(self, **kwargs: Any):
        """Display the widget; without widgets a still of its present state, without pictures the sentence."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        figure, sentence = self._fresh(dict(self.values))
        return {**data, **figure_bundle(figure, f"{self.title}: {sentence}")}, metadata

    # How it works -------------------------------------------------------------------------------------------

    def _defaults(self) -> dict[str, Any]:
        controls = self.controls_for({})
        if len(controls) > MOST_CONTROLS:
            raise ValueError(f"an explorer must have at most {MOST_CONTROLS} controls, got {len(controls)}")
        return {control.name: control.value for control in controls}

    def _descriptions(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [control.description() for control in self.controls_for(values)]

    def _checked(self, changes: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return all values after `changes`, each checked; what was not named is moved into its range."""
        base = dict(self.values if base is None else base)
        unknown = sorted(set(changes) - set(base))
        if unknown:
            raise TypeError(f"{unknown[0]} is no control of {type(self).__name__}; it has {', '.join(base)}")
        merged = {**base, **changes}
        checked: dict[str, Any] = {}
        for name in merged:  # in the order of the controls: a later range may depend on an earlier value
            control = self._control(name, {**merged, **checked})
            checked[name] = control.check(changes[name]) if name in changes else control.nearest(merged[name])
        return checked

    def _nearest(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return all values, each as near to `wanted` as its control allows: the page gets no errors."""
        merged = {**self.values, **{name: value for name, value in wanted.items() if name in self.values}}
        for name in list(merged):
            merged[name] = self._control(name, merged).nearest(merged[name])
        return merged

    def _control(self, name: str, values: Mapping[str, Any]) -> Control:
        return next(control for control in self.controls_for(values) if control.name == name)

    def _answer(self, change: Mapping[str, Any]) -> None:
        """Answer the page; the number of its request goes back with the frame, so it never asks ahead."""
        request = change["new"]
        wanted = request.get("values", {})
        values = self._nearest(wanted if isinstance(wanted, Mapping) else {})
        if self.clickable and (place := _place(request.get("click"))):
            values = self._checked(self.clicked(values, *place), values)
        self._apply(values, request.get("number"))

    def _apply(self, values: dict[str, Any], number: int | None = None) -> None:
        frame, sentence = self._paint(values)
        with self.hold_sync():
            self.values, self.picture, self.sentence = values, frame, sentence
            self.controls = self._descriptions(values)
            if isinstance(number, int):
                self.answered = number

    def _paint(self, values: Mapping[str, Any]) -> tuple[bytes, str]:
        """Draw into the kept figure, or a new one where the layout changed."""
        key = self.layout_key(values)
        with lecture_style():
            if self._painter is None or self._painter.scene.key != key:
                scene = self.build(values)
                scene.key = key
                self._painter = Painter(scene)
            sentence = self.update(self._painter.scene, values)
            return png(self._painter.pixels(), every_colour=self.every_colour), sentence

    def _fresh(self, values: Mapping[str, Any]) -> tuple[Figure, str]:
        with lecture_style():
            scene = self.build(values)
            sentence = self.update(scene, values)
            scene.figure.set_layout_engine("none")
            return scene.figure, sentence


def _place(click: Any) -> tuple[float, float] | None:
    """Read a place on the picture from the page; None for what is none."""
    if not (isinstance(click, (list, tuple)) and len(click) == 2):
        return None
    if not all(isinstance(share, (int, float)) and 0 <= share <= 1 for share in click):
        return None
    return float(click[0]), float(click[1])

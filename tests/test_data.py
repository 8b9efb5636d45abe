"""Photos, digits, sounds, a volume, a sensor; and how light the package is."""

import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import lecturelib
from lecturelib import convolve, data

REFERENCE = {0.05: 0.1612532, 0.1: 0.1310123, 0.2: 0.1571255, 0.5: 0.3159243, 1.0: 0.4921356}


@pytest.fixture
def no_network(monkeypatch):
    """Any attempt to connect fails at once."""

    def refuse(*arguments, **options):
        raise AssertionError("something wants the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("name", sorted(data.photos()))
def test_every_photo_opens_without_a_network(name, no_network):
    image, gray = data.photo(name), data.photo(name, gray=True)
    assert image.dtype == gray.dtype == np.float64
    assert image.ndim in (2, 3)
    assert image.shape[2:] in ((), (3,))
    assert 0 <= image.min() < image.max() <= 1
    assert gray.shape == image.shape[:2]
    np.testing.assert_allclose(gray, image.mean(axis=2) if image.ndim == 3 else image)
    image[...] = 0  # the caller's own


def test_photos_are_what_their_packages_give():
    from skimage import data as bundled
    from sklearn.datasets import load_sample_image

    np.testing.assert_array_equal(data.photo("flower"), load_sample_image("flower.jpg") / 255)
    np.testing.assert_array_equal(data.photo("chelsea"), bundled.chelsea() / 255)
    np.testing.assert_array_equal(data.photo("camera"), bundled.camera() / 255)


def test_neighbouring_pixels_of_china_are_alike():
    image = data.photo("china", gray=True)
    assert image.shape == (427, 640)
    correlations = [
        np.corrcoef(image[:, :-lag].ravel(), image[:, lag:].ravel())[0, 1] for lag in (1, 4, 16, 64)
    ]
    np.testing.assert_allclose(correlations, [0.947, 0.916, 0.854, 0.674], atol=0.01)


def test_photos_are_cut_from_the_middle_and_thinned():
    whole = data.photo("china")
    np.testing.assert_array_equal(data.photo("china", shape=(27, 40)), whole[200:227, 300:340])
    np.testing.assert_array_equal(data.photo("china", step=6), whole[::6, ::6])
    assert data.photo("china", gray=True, step=6, shape=(64, 64)).shape == (64, 64)


def test_every_photo_has_credits():
    for photo in data.photos().values():
        assert all(photo)
    data.photos().clear()
    assert len(data.photos()) >= 8


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("lecturelib.data.pictures.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="comes with the package skimage, which is missing"):
        data.photo("chelsea")


def test_digits():
    images, labels = data.digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float64
    assert (images.min(), images.max()) == (0, 16)
    assert labels.dtype == np.int64
    assert labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def loudest_frequency(sound, rate):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    return np.fft.rfftfreq(sound.size, 1 / rate)[spectrum.argmax()]


@pytest.mark.parametrize("frequency", [110, 440.0, 1000])
def test_pluck_has_its_pitch_and_dies_away(frequency):
    sound = data.pluck(frequency, 1.0)
    assert sound.shape == (data.RATE,)
    assert np.abs(sound).max() == 1
    assert abs(loudest_frequency(sound, data.RATE) - frequency) <= 2
    assert np.abs(sound[-800:]).max() < 0.3 * np.abs(sound[:800]).max()


def test_melody_plays_its_notes_in_order():
    sound = data.melody((200, 300), 0.5)
    assert sound.shape == (4000 + 12000,)
    assert np.abs(sound).max() == 1
    assert abs(loudest_frequency(sound[:4000], data.RATE) - 200) <= 4
    assert abs(loudest_frequency(sound[4000:8000], data.RATE) - 300) <= 4


def test_random_sounds_depend_on_their_generator_only():
    for make in (data.clap, data.noise, data.room_response, lambda rng: data.sensor(rng).noisy):
        first, again, other = (make(np.random.default_rng(seed)) for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_room_response_starts_with_the_direct_sound_and_fades():
    response = data.room_response(np.random.default_rng(0), reverberation=0.5)
    assert response.shape == (round(1.2 * data.RATE),)
    assert response[0] == 1
    assert (response[1:80] == 0).all()  # nothing before the first echo, 10 ms later
    early, late = response[200:1000], response[200 + 4000 : 1000 + 4000]
    # a quarter of a second is 30 dB, half a second 60 dB: a thousandth
    np.testing.assert_allclose(np.std(late) / np.std(early), 1e-3, rtol=0.6)
    wet = convolve(data.melody(), response)
    assert np.isfinite(wet).all()


def test_volume():
    body = data.volume((9, 12, 15))
    assert body.shape == (9, 12, 15)
    assert set(np.unique(body)) <= {0.0, 0.3, 0.8, 1.0}
    assert body[0, 0, 0] == 0
    assert {0.3, 0.8, 1.0} <= set(np.unique(data.volume()))


def test_sensor_meets_the_numbers_of_its_docstring():
    t, clean, noisy = data.sensor(np.random.default_rng(11))
    assert t.shape == clean.shape == noisy.shape == (2000,)
    np.testing.assert_array_equal(clean, np.sin(t))

    def error(estimate):
        return np.sqrt(np.mean((estimate - clean) ** 2))

    assert f"{error(noisy):.3f}" == "0.501"
    errors = {}
    for tau in REFERENCE:
        weights = np.exp(-t / tau)
        errors[tau] = error(convolve(noisy, weights / weights.sum())[: t.size])
    np.testing.assert_allclose(list(errors.values()), list(REFERENCE.values()), atol=0.01)
    assert [f"{e:.3f}" for e in errors.values()] == ["0.162", "0.131", "0.158", "0.317", "0.493"]
    for digits in ("0.162", "0.131", "0.158", "0.317", "0.493"):
        assert digits in data.sensor.__doc__


@pytest.mark.parametrize("seed", range(5))
def test_sensor_is_best_smoothed_for_a_tenth_of_a_second(seed):
    t, clean, noisy = data.sensor(np.random.default_rng(seed))
    errors = []
    for tau in REFERENCE:
        weights = np.exp(-t / tau)
        estimate = convolve(noisy, weights / weights.sum())[: t.size]
        errors.append(np.sqrt(np.mean((estimate - clean) ** 2)))
    assert np.argmin(errors) == 1


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda: data.photo("lena"), ValueError, "name must be one of astronaut, brick, .*; got 'lena'"),
        (lambda: data.photo(step=0), ValueError, "step must be at least 1; got 0"),
        (lambda: data.photo(step=1.5), TypeError, "step must be an integer"),
        (lambda: data.photo(shape=64), TypeError, r"shape must be a pair \(rows, columns\); got 64"),
        (
            lambda: data.photo(shape=(428, 1)),
            ValueError,
            r"at most \(427, 640\), the photo's; got \(428, 1\)",
        ),
        (
            lambda: data.pluck(0),
            ValueError,
            "frequency must be between 0 and 4000.0 Hz, half the rate; got 0",
        ),
        (lambda: data.pluck(4000), ValueError, "frequency must be between 0 and 4000.0 Hz"),
        (lambda: data.pluck(440, 0), ValueError, "seconds must be positive; got 0"),
        (lambda: data.pluck(440, rate=0), ValueError, "rate must be at least 1; got 0"),
        (lambda: data.melody(()), ValueError, "frequencies must hold at least one pitch; got none"),
        (lambda: data.noise(np.random.default_rng(), -1), ValueError, "seconds must be positive; got -1"),
        (
            lambda: data.room_response(np.random.default_rng(), reverberation=0),
            ValueError,
            "reverberation must be positive; got 0",
        ),
        (lambda: data.volume(3), TypeError, r"shape must be \(depth, height, width\); got 3"),
        (lambda: data.volume((3, 0, 3)), ValueError, "shape must be at least 1; got 0"),
    ],
)
def test_errors(function, error, message):
    with pytest.raises(error, match=message):
        function()


def test_the_package_is_light():
    # What makes an import slow is what it loads: this holds on every machine, a stopwatch does not.
    code = "import sys, lecturelib; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert not loaded & {
        "matplotlib",
        "sklearn",
        "skimage",
        "scipy",
        "PIL",
        "IPython",
        "ipywidgets",
        "anywidget",
    }


def test_every_public_name_is_there_and_documented():
    assert sorted(lecturelib.__all__) == lecturelib.__all__
    for name in lecturelib.__all__:
        assert getattr(lecturelib, name).__doc__
    contract = {"convolve", "cross_correlate", "toeplitz", "conv_matrix", "circulant", "conv", "output_size"}
    assert contract | {"receptive_field", "gabor", "data"} <= set(lecturelib.__all__)


def test_version_is_the_projects():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert lecturelib.__version__ == project["version"]


def test_bars_of_a_scene_are_as_bright_and_as_labelled():
    images, labels = data.bar_scenes(30, np.random.default_rng(0), shape=(20, 31), bars=3, noise=0)
    assert images.shape == (30, 1, 20, 31)
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(images[:, 0], labels > 0)
    assert set(np.unique(labels)) == {0, 1, 2}
    noisy, same = data.bar_scenes(30, np.random.default_rng(0), shape=(20, 31), bars=3, noise=0.5)
    np.testing.assert_array_equal(labels, same)
    assert 0.48 < (noisy[:, 0] - (labels > 0)).std() < 0.52


def test_a_single_bar_has_the_size_and_the_direction_of_its_label():
    _, labels = data.bar_scenes(200, np.random.default_rng(3), bars=1)
    for picture in labels:
        rows, columns = np.nonzero(picture)
        size = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert len(rows) == size[0] * size[1]
        long, thin = size if picture.max() == 1 else size[::-1]
        assert thin == 2
        assert 5 <= long <= 9
    assert data.bar_scenes(1, np.random.default_rng(0), bars=0)[1].max() == 0


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"count": 0}, ValueError, "count"),
        ({"shape": (8, 20)}, ValueError, "shape.*at least 9"),
        ({"shape": 20}, TypeError, r"shape must be a pair \(rows, columns\); got 20"),
        ({"bars": -1}, ValueError, "bars"),
        ({"noise": -1}, ValueError, "noise must be a number of at least 0; got -1"),
    ],
)
def test_scenes_name_what_is_wrong(options, error, match):
    with pytest.raises(error, match=match):
        data.bar_scenes(**{"count": 1, "rng": np.random.default_rng(0), **options})


def test_only_the_ball_moves_and_it_crosses_the_picture():
    video = data.ball_video(9, (40, 50))
    assert video.shape == (3, 9, 40, 50)
    ball = np.all(video == np.array([0.9, 0.1, 0.1])[:, None, None, None], axis=0)
    assert np.all(np.any(video != video[:, :1], axis=0) <= ball | ball[:1])
    middles = [np.nonzero(frame)[1].mean() for frame in ball]
    assert np.all(np.diff(middles) > 2)
    with pytest.raises(ValueError, match="frames"):
        data.ball_video(1)


def test_a_walk_keeps_its_bones_and_alternates_its_legs():
    tracks = data.walking(4.0, rate=25, strides=1.0)
    assert tracks.shape == (10, 100)
    hip, left_knee, left_foot, right_knee, right_foot = tracks.reshape(5, 2, 100)
    bones = [left_knee - hip, left_foot - left_knee, right_knee - hip, right_foot - right_knee]
    np.testing.assert_allclose([np.hypot(*bone) for bone in bones], 0.45)
    np.testing.assert_allclose((left_foot - hip)[:, 25:75], (left_foot - hip)[:, :50], atol=1e-12)
    assert np.corrcoef((left_knee - hip)[0], (right_knee - hip)[0])[0, 1] < -0.99
    assert min(left_foot[1].min(), right_foot[1].min()) > -0.05
    with pytest.raises(ValueError, match="seconds must be positive; got 0"):
        data.walking(0)
    with pytest.raises(ValueError, match="strides must be positive; got -1"):
        data.walking(strides=-1)

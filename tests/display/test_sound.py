"""What `listen` plays."""

import re
import wave
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest

from lecturelib.display import listen
from lecturelib.display.sound import sound_bundle, wav

SENTENCE = "A short tone, then <silence>."


def played(data: bytes) -> tuple[np.ndarray, int]:
    with wave.open(BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


def test_the_largest_sample_plays_at_full_scale():
    steps, rate = played(wav([0, 2, -4, 1], 8000))
    np.testing.assert_array_equal(steps, [0, 16384, -32767, 8192])
    assert rate == 8000


def test_one_peak_for_two_sounds_keeps_their_loudness_apart():
    loud, _ = played(wav([0.8, -0.4], 8000, peak=0.8))
    soft, _ = played(wav([0.4, -0.2], 8000, peak=0.8))
    np.testing.assert_array_equal(loud, [32767, -16384])
    np.testing.assert_array_equal(soft, [16384, -8192])


def test_silence_stays_silent():
    np.testing.assert_array_equal(played(wav(np.zeros(5), 8000))[0], np.zeros(5))


def test_integers_do_not_wrap():
    steps, _ = played(wav(np.array([-32768, 16384], dtype=np.int16), 44100))
    np.testing.assert_array_equal(steps, [-32767, 16384])


def test_the_input_is_left_as_it_was():
    samples = np.array([0.5, -0.25])
    wav(samples, 8000)
    np.testing.assert_array_equal(samples, [0.5, -0.25])


def test_the_player_is_labelled_and_the_same_each_time():
    bundle = sound_bundle([0.0, 0.5], 8000, SENTENCE)
    assert bundle == sound_bundle([0.0, 0.5], 8000, SENTENCE)
    assert bundle["text/plain"] == SENTENCE
    assert 'aria-label="A short tone, then &lt;silence&gt;."' in bundle["text/html"]
    assert "<audio controls" in bundle["text/html"]
    assert "autoplay" not in bundle["text/html"]
    source = re.search(r'src="data:audio/wav;base64,([^"]+)"', bundle["text/html"])[1]
    assert b64decode(source) == wav([0.0, 0.5], 8000)


def test_listen_displays_the_sentence(capsys):
    listen([0.0, 0.5], 8000, "A click, and nothing else.")
    assert capsys.readouterr().out == "A click, and nothing else.\n"


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        (["a"], TypeError, "samples must be real numbers, got an array of dtype <U1"),
        ([1j], TypeError, "samples must be real numbers, got an array of dtype complex128"),
        (
            [[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]],
            ValueError,
            r"samples must have shape \(N,\), got shape \(2, 3\)",
        ),
        ([], ValueError, "samples must hold 1 to 1000000 values, got 0"),
        ([0.0, np.nan, np.inf], ValueError, "samples must be finite, got 2 NaN or infinite values"),
    ],
)
def test_what_is_no_sound_is_refused(samples, error, message):
    with pytest.raises(error, match=message):
        listen(samples, 8000, SENTENCE)


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (8000.5, TypeError, "rate must be an integer number of samples a second, got 8000.5"),
        ("8000", TypeError, "rate must be an integer number of samples a second, got '8000'"),
        (True, TypeError, "rate must be an integer"),
        (100, ValueError, "rate must lie between 3000 and 192000 samples a second, got 100"),
        (float("inf"), TypeError, "rate must be an integer number of samples a second, got inf"),
    ],
)
def test_what_is_no_rate_is_refused(rate, error, message):
    with pytest.raises(error, match=message):
        listen([0.1], rate, SENTENCE)


@pytest.mark.parametrize(
    ("peak", "error", "message"),
    [
        ("1", TypeError, "peak must be a number, got str"),
        (0, ValueError, "peak must be positive and finite, got 0"),
        (0.25, ValueError, "peak must be at least the largest absolute sample, 0.5, or it clips; got 0.25"),
    ],
)
def test_what_is_no_peak_is_refused(peak, error, message):
    with pytest.raises(error, match=message):
        listen([0.5, -0.1], 8000, SENTENCE, peak=peak)


def test_a_sound_needs_a_sentence():
    with pytest.raises(ValueError, match="sentence must have 20 to 400 characters"):
        listen([0.1], 8000, "beep")

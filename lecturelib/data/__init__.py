"""Photos, digits, sounds, a volume and a sensor: everything the lectures look at or listen to.

Nothing is downloaded: photos and digits come inside scikit-learn and scikit-image, the rest is computed.
"""

from lecturelib.data.pictures import Photo, digits, photo, photos
from lecturelib.data.sounds import RATE, clap, melody, noise, pluck, room_response
from lecturelib.data.stored import result
from lecturelib.data.synthetic import SensorReading, sensor, volume

__all__ = [
    "RATE",
    "Photo",
    "SensorReading",
    "clap",
    "digits",
    "melody",
    "noise",
    "photo",
    "photos",
    "pluck",
    "result",
    "room_response",
    "sensor",
    "volume",
]

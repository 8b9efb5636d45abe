"""Photos, digits, sounds, scenes, motion, a volume, a sensor: what the lectures look at and listen to.

Nothing is downloaded: photos and digits come inside scikit-learn and scikit-image, the rest is computed.
"""

from lecturelib.data.motion import JOINTS, walking
from lecturelib.data.pictures import Photo, digits, photo, photos
from lecturelib.data.scenes import ball_video, bar_scenes
from lecturelib.data.sounds import RATE, clap, melody, noise, pluck, room_response
from lecturelib.data.stored import result
from lecturelib.data.synthetic import SensorReading, sensor, volume

__all__ = [
    "JOINTS",
    "RATE",
    "Photo",
    "SensorReading",
    "ball_video",
    "bar_scenes",
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
    "walking",
]

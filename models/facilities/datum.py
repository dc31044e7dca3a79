"""The three datums in use in China and the way between them.

WGS-84 is what satellites give and what we store; GCJ-02 is what maps in China (WeChat's too) draw; BD-09 is Baidu's.
A point without its datum is off by about half a kilometre, so every point here travels with one.
"""

from __future__ import annotations

from typing import Literal, get_args

import coordTransform
import numpy as np
import numpy.typing as npt

Datum = Literal["wgs84", "gcj02", "bd09"]
DATUMS: tuple[Datum, ...] = get_args(Datum)
Floats = npt.NDArray[np.float64]

# The inverse of GCJ-02 has no closed form: each round of correction leaves about a hundredth of the error (2 m,
# 2 cm, 0.2 mm …), so four rounds end below a tenth of a millimetre.
ROUNDS = 4


def to_wgs84(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """(longitude, latitude) in degrees of WGS-84, to a tenth of a millimetre."""
    if datum == "wgs84":
        return longitude, latitude
    east, north = longitude, latitude
    for _ in range(ROUNDS):
        there = from_wgs84(east, north, datum)
        east, north = east + longitude - there[0], north + latitude - there[1]
    return east, north


def from_wgs84(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """(longitude, latitude) in degrees of `datum`."""
    if datum == "wgs84":
        return longitude, latitude
    if datum == "gcj02":
        east, north = coordTransform.wgs84_to_gcj02(longitude, latitude)
    else:
        east, north = coordTransform.wgs84_to_bd09(longitude, latitude)
    return float(east), float(north)


def columns_from_wgs84(longitudes: Floats, latitudes: Floats, datum: Datum) -> tuple[Floats, Floats]:
    """As `from_wgs84`, for whole columns at once."""
    if datum == "wgs84" or not len(longitudes):
        return longitudes, latitudes
    convert = coordTransform.wgs84_to_gcj02 if datum == "gcj02" else coordTransform.wgs84_to_bd09
    east, north = convert(longitudes, latitudes)
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)

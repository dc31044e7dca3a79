"""Distances on the WGS-84 ellipsoid by way of straight chords.

A point's place in space (earth-centred, metres) makes "nearer" a plain Euclidean question, which a k-d tree answers
exactly. The chord between two points of the surface grows with the geodesic, and within a city turning one into the
other by the local radius errs by less than a millionth (required: a thousandth).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# WGS-84 (NIMA TR8350.2): semi-major axis in metres, flattening.
SEMI_MAJOR = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
MILLIMETRES = 1000


def space(longitudes: Floats, latitudes: Floats) -> Floats:
    """Rows of x, y, z in metres for columns of degrees."""
    east, north = np.radians(longitudes), np.radians(latitudes)
    sine, cosine = np.sin(north), np.cos(north)
    prime_vertical = SEMI_MAJOR / np.sqrt(1 - ECCENTRICITY_2 * sine * sine)
    found = np.empty((len(longitudes), 3))
    found[:, 0] = prime_vertical * cosine * np.cos(east)
    found[:, 1] = prime_vertical * cosine * np.sin(east)
    found[:, 2] = prime_vertical * (1 - ECCENTRICITY_2) * sine
    return found


def space_point(longitude: float, latitude: float) -> Floats:
    """x, y, z in metres of one point; as `space`, to a millionth of a millimetre."""
    east, north = math.radians(longitude), math.radians(latitude)
    sine, cosine = math.sin(north), math.cos(north)
    prime_vertical = SEMI_MAJOR / math.sqrt(1 - ECCENTRICITY_2 * sine * sine)
    across = prime_vertical * cosine
    return np.array((across * math.cos(east), across * math.sin(east), prime_vertical * (1 - ECCENTRICITY_2) * sine))


def radius_at(latitude: float) -> float:
    """The ellipsoid's mean radius of curvature at this latitude, in metres."""
    damping = 1 - ECCENTRICITY_2 * math.sin(math.radians(latitude)) ** 2
    return SEMI_MAJOR * math.sqrt(1 - ECCENTRICITY_2) / damping


def millimetres(points: Floats, origin: Floats, radius: float) -> Counts:
    """Whole millimetres along the surface from `origin` to each row of `points`.

    Whole numbers, so that the order, the ties and the cursors of a page rest on exactly what is shown.
    """
    apart = points - origin
    apart *= apart
    return arcs(np.sqrt(apart[:, 0] + apart[:, 1] + apart[:, 2]), radius)


def arcs(chords: Floats, radius: float) -> Counts:
    """Whole millimetres along the surface over straight chords in metres."""
    # arc = 2R·asin(c/2R) = c(1 + c²/24R² + 3c⁴/640R⁴ + …); at 500 km the third term would be 2 mm.
    stretch = chords * chords
    stretch *= MILLIMETRES / (24 * radius * radius)
    stretch += MILLIMETRES
    stretch *= chords
    return np.rint(stretch, stretch).astype(np.int64)


def chord_of(metres: float, radius: float) -> float:
    """The straight chord, in metres, under an arc of so many metres."""
    return 2 * radius * math.sin(min(metres / (2 * radius), math.pi / 2))


def distance_m(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Metres between two points given in degrees, to the millimetre."""
    there = space(np.array((other_longitude,)), np.array((other_latitude,)))
    radius = radius_at((latitude + other_latitude) / 2)
    return int(millimetres(there, space_point(longitude, latitude), radius)[0]) / MILLIMETRES

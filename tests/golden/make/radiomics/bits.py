"""Makes intermediate/bits.json again: what ITK, PyWavelets and scipy make of small images of few values, to the last bit.

    python bits.py ../../radiomics [OUT]

Doubles stand there as 16 hexadecimal digits, singles as 8. The image at x, y, z is
(31 x + 17 y + 7 z + 3 x y + 5 y z) mod 23 - 9, as whole numbers.
"""

import json
import os
import struct
import sys

import numpy
import pywt
import SimpleITK
from golden import write
from radiomics import featureextractor, imageoperations
from trimesh.creation import icosphere

SIZE = (11, 9, 8)
FLAT = (7, 6, 4)


def digits(values):
    """The bits of numbers of either precision."""
    array = numpy.ascontiguousarray(values)
    form = ">f" if array.dtype == numpy.float32 else ">d"
    return "".join(struct.pack(form, value).hex() for value in array.ravel().tolist())


def whole(size=SIZE):
    z, y, x = numpy.meshgrid(*(numpy.arange(length) for length in size[::-1]), indexing="ij")
    return (31 * x + 17 * y + 7 * z + 3 * x * y + 5 * y * z) % 23 - 9


def turned(x, y, z):
    """A rotation about the three axes, as a direction matrix row by row."""
    c, s = numpy.cos, numpy.sin
    about_z = numpy.array([[c(z), -s(z), 0], [s(z), c(z), 0], [0, 0, 1]])
    about_y = numpy.array([[c(y), 0, s(y)], [0, 1, 0], [-s(y), 0, c(y)]])
    about_x = numpy.array([[1, 0, 0], [0, c(x), -s(x)], [0, s(x), c(x)]])
    return about_z @ about_y @ about_x


def grids():
    """Images on grids that lie anyhow, and what resampling to twice the spacing makes of them: most places are ties."""
    random = numpy.random.default_rng(11)
    for name in ("straight", "permuted", "oblique", "left-handed"):
        direction = {
            "straight": numpy.eye(3),
            "permuted": numpy.array([[0.0, 0, 1], [-1, 0, 0], [0, 1, 0]]),
            "oblique": turned(0.31, -0.22, 0.17),
            "left-handed": turned(-0.12, 0.35, -0.28) * [1, 1, -1],
        }[name]
        spacing = [0.5, 0.5, 1.0] if name in ("oblique", "left-handed") else [0.7, 0.9, 2.3]
        image = SimpleITK.GetImageFromArray(whole().astype(numpy.float64))
        image.SetSpacing(spacing)
        image.SetDirection(direction.ravel().tolist())
        inverse = [image.TransformPhysicalPointToContinuousIndex(row) for row in numpy.eye(3).tolist()]
        image.SetOrigin(random.uniform(-200, 200, 3).round(2).tolist())
        onto = [2 * length for length in spacing]
        size = [length // 2 for length in SIZE]
        made = {
            "name": name,
            "spacing": digits(image.GetSpacing()),
            "direction": digits(image.GetDirection()),
            "origin": digits(image.GetOrigin()),
            "inverse": digits(numpy.transpose(inverse)),
            "onto_spacing": digits(onto),
            "onto_origin": digits(image.TransformContinuousIndexToPhysicalPoint([0.5] * 3)),
            "onto_size": size,
        }
        resample = SimpleITK.ResampleImageFilter()
        resample.SetOutputSpacing(onto)
        resample.SetOutputDirection(image.GetDirection())
        resample.SetOutputOrigin(image.TransformContinuousIndexToPhysicalPoint([0.5] * 3))
        resample.SetSize(size)
        for key, interpolator in (("nearest", SimpleITK.sitkNearestNeighbor), ("linear", SimpleITK.sitkLinear),
                                  ("spline", SimpleITK.sitkBSpline)):
            resample.SetInterpolator(interpolator)
            made[key] = digits(SimpleITK.GetArrayFromImage(resample.Execute(image)))
        yield made


def wavelets():
    """The bands of one level along x, y, z; an odd axis gets its first sample again, and loses the last one."""
    for name, kind in (("haar", "f64"), ("coif1", "f64"), ("coif1", "f32"), ("bior2.2", "f64"), ("db5", "f32")):
        array = whole(FLAT).astype({"f64": numpy.float64, "f32": numpy.float32}[kind]) * 1.5
        padded = numpy.pad(array, [(0, length % 2) for length in array.shape], "wrap")
        bands = pywt.swtn(padded, pywt.Wavelet(name), level=1, start_level=0, axes=[2, 1, 0])[0]
        cut = tuple(slice(length) for length in array.shape)
        yield {"wavelet": name, "type": kind, "bands": {
            band.replace("a", "L").replace("d", "H"): digits(values[cut]) for band, values in sorted(bands.items())}}


def normalised():
    image = SimpleITK.GetImageFromArray(whole().astype(numpy.int16))
    return digits(SimpleITK.GetArrayFromImage(imageoperations.normalizeImage(image)))


def patterns():
    """Local binary patterns of the normalised image, in whose ties rounding decides."""
    image = imageoperations.normalizeImage(SimpleITK.GetImageFromArray(whole().astype(numpy.int16)))
    mask = SimpleITK.GetImageFromArray(numpy.ones(SIZE[::-1], numpy.uint8))
    settings = featureextractor.RadiomicsFeatureExtractor().settings
    made = {"vertices": digits(icosphere(1, 1.0).vertices), "vertices_of_two": digits(icosphere(2, 1.5).vertices)}
    for volume, name, _ in imageoperations.getLBP3DImage(image, mask, **settings):
        made[name] = digits(SimpleITK.GetArrayFromImage(volume))
    return made


def main():
    folder = sys.argv[1]
    out = sys.argv[2] if len(sys.argv) > 2 else None
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    made = {"size": list(SIZE), "size_of_wavelets": list(FLAT), "normalised": normalised(), "grids": list(grids()), "wavelets": list(wavelets()),
            "patterns": patterns()}
    path = os.path.join(folder, "intermediate/bits.json")
    if out:
        write(os.path.join(out, "intermediate/bits.json"), made)
    if os.path.exists(path):
        with open(path) as file:
            same = json.load(file) == made
        print("bits.json: %s" % ("equal" if same else "DIFFERENT"))
        sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()

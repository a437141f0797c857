"""Images and masks that are not files: SimpleITK's, and arrays with their spacing."""

import os

#: Kinds of arrays, in the words of NRRD
KINDS = {
    "int8": "int8", "uint8": "uint8", "int16": "int16", "uint16": "uint16", "int32": "int32", "uint32": "uint32",
    "int64": "int64", "uint64": "uint64", "float32": "float", "float64": "double", "bool": "uint8",
}


class Volume:
    """An array (z, y, x) with what it needs to be an image; spacing, origin and direction are in the order x, y, z."""

    def __init__(self, array, spacing=None, origin=None, direction=None):
        self.array = array
        axes = array.ndim
        self.spacing = [float(value) for value in (spacing or [1.0] * axes)]
        self.origin = [float(value) for value in (origin or [0.0] * axes)]
        identity = [float(row == column) for row in range(axes) for column in range(axes)]
        self.direction = [float(value) for value in (direction if direction is not None else identity)]
        if not len(self.spacing) == len(self.origin) == axes or len(self.direction) != axes * axes:
            raise ValueError(f"an array of {axes} axes needs as many spacings and origins, and {axes * axes} directions")

    def write(self, path):
        """Writes it as NRRD without compression."""
        import numpy

        array = numpy.ascontiguousarray(self.array)
        if array.dtype.name not in KINDS:
            raise ValueError(f"an array of {array.dtype.name} is no image; {', '.join(KINDS)} are")
        if array.dtype.name == "bool":
            array = array.astype("uint8")
        axes = array.ndim
        # A column of the direction is that of an axis of the array.
        vectors = [
            "(" + ",".join(repr(self.direction[row * axes + axis] * self.spacing[axis]) for row in range(axes)) + ")"
            for axis in range(axes)
        ]
        lines = [
            "NRRD0004",
            f"type: {KINDS[self.array.dtype.name]}",
            f"dimension: {axes}",
            "space: left-posterior-superior" if axes == 3 else f"space dimension: {axes}",
            f"sizes: {' '.join(str(size) for size in reversed(array.shape))}",
            f"space directions: {' '.join(vectors)}",
            f"kinds: {' '.join(['domain'] * axes)}",
            "endian: little",
            "encoding: raw",
            f"space origin: ({','.join(repr(value) for value in self.origin)})",
        ]
        with open(path, "wb") as file:
            file.write(("\n".join(lines) + "\n\n").encode("ascii"))
            file.write(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())


def as_file(given, folder, name):
    """The path of an image or a mask; what is none yet is written into the folder."""
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    path = os.path.join(folder, f"{name}.nrrd")
    if isinstance(given, Volume):
        given.write(path)
    elif hasattr(given, "GetSpacing"):
        import SimpleITK

        Volume(
            SimpleITK.GetArrayViewFromImage(given), given.GetSpacing(), given.GetOrigin(), given.GetDirection()
        ).write(path)
    elif isinstance(given, tuple) and len(given) == 2:
        Volume(*given).write(path)
    elif hasattr(given, "ndim"):
        raise ValueError(f"an array says nothing of its spacing: give Volume({name}, spacing) or ({name}, spacing)")
    else:
        raise TypeError(f"{name}: a path, an image of SimpleITK or a Volume is needed, not {type(given).__name__}")
    return path

"""Makes the feature maps of voxel/ again with PyRadiomics 3.1.0 and says how far they are from those that are there.

    python voxel.py ../../radiomics [OUT]

Each JSON holds what was passed to the extractor, and per feature the map's values at the region's voxels, in raster order
(z, y, x), with the size and the origin of the map and the values outside the region.
"""

import glob
import json
import logging
import math
import os
import sys

import radiomics
import SimpleITK
from golden import Count, write
from radiomics import featureextractor


def plain(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def make(folder, asked):
    """The document with the maps that PyRadiomics gives today."""
    extractor = featureextractor.RadiomicsFeatureExtractor(additionalInfo=False, **asked["settings"])
    extractor.disableAllFeatures()
    for name in asked["classes"]:
        extractor.enableFeatureClassByName(name)
    paths = [os.path.join(folder, asked[key]) for key in ("image", "mask")]
    maps = extractor.execute(*paths, label=asked["label"], voxelBased=True)
    region = SimpleITK.ReadImage(paths[1]) == asked["label"]
    made = dict(asked, features={})
    for name, volume in maps.items():
        part = SimpleITK.Resample(region, volume, SimpleITK.Transform(), SimpleITK.sitkNearestNeighbor)
        inside = SimpleITK.GetArrayFromImage(part) > 0
        values = SimpleITK.GetArrayFromImage(volume)
        made["size"] = list(volume.GetSize())
        made["origin"] = list(volume.GetOrigin())
        made["outside"] = sorted({plain(value) for value in values[~inside].ravel()})
        made["features"][name] = [plain(value) for value in values[inside]]
    return made


def main():
    folder = sys.argv[1]
    out = sys.argv[2] if len(sys.argv) > 2 else None
    radiomics.logger.setLevel(logging.ERROR)
    whole = Count()
    for path in sorted(glob.glob(os.path.join(folder, "voxel", "*.json"))):
        name = os.path.relpath(path, folder)
        with open(path) as file:
            asked = json.load(file)
        made = make(folder, asked)
        count = Count()
        count.tree(name, asked, made)
        count.say(name)
        whole.add(count)
        if out:
            write(os.path.join(out, name), made, 0)
    sys.exit(1 if whole.far else 0)


if __name__ == "__main__":
    main()

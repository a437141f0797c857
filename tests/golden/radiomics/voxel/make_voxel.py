"""Writes the golden feature maps of this folder with PyRadiomics 3.1.0 itself.

    python make_voxel.py        (in a Python with pyradiomics)

Each JSON holds what was passed to the extractor, and per feature the map's values at the region's voxels, in raster order
(z, y, x), with the size and the origin of the map.
"""

import json
import logging
import os
import time

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import featureextractor

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = ["firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"]
CASES = {
    "masked_1": {"kernelRadius": 1, "maskedKernel": True, "binWidth": 25},
    "masked_2": {"kernelRadius": 2, "maskedKernel": True, "binWidth": 40, "initValue": -1.5},
    "whole_1": {"kernelRadius": 1, "maskedKernel": False, "binWidth": 25},
    "plane_1": {"kernelRadius": 1, "maskedKernel": True, "binWidth": 25, "force2D": True},
}


def plain(value):
    value = float(value)
    return value if np.isfinite(value) else str(value)


def main():
    radiomics.logger.setLevel(logging.ERROR)
    image, mask, label = "images/tiny_image.nrrd", "images/tiny_multilabel.nrrd", 5
    for name, settings in CASES.items():
        extractor = featureextractor.RadiomicsFeatureExtractor(additionalInfo=False, **settings)
        extractor.disableAllFeatures()
        for one in CLASSES:
            extractor.enableFeatureClassByName(one)
        start = time.process_time()
        maps = extractor.execute(os.path.join(HERE, "..", image), os.path.join(HERE, "..", mask), label=label, voxelBased=True)
        seconds = time.process_time() - start
        region = sitk.ReadImage(os.path.join(HERE, "..", mask)) == label
        result = {"image": image, "mask": mask, "label": label, "settings": settings, "classes": CLASSES, "features": {}}
        for feature, volume in maps.items():
            part = sitk.Resample(region, volume, sitk.Transform(), sitk.sitkNearestNeighbor)
            inside = sitk.GetArrayFromImage(part) > 0
            values = sitk.GetArrayFromImage(volume)
            result["size"] = volume.GetSize()
            result["origin"] = volume.GetOrigin()
            result["outside"] = sorted(set(plain(v) for v in values[~inside].ravel()))
            result["features"][feature] = [plain(v) for v in values[inside]]
        print(name, len(result["features"]), int(inside.sum()), "voxels", round(seconds, 2), "s CPU")
        with open(os.path.join(HERE, name + ".json"), "w") as file:
            json.dump(result, file, indent=0)


main()

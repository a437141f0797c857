"""Makes features/ and features_nii/ again with PyRadiomics 3.1.0 and says how far they are from those that are there.

    python features.py ../../radiomics [OUT] [NAME ...]

Each JSON says what was asked: image, mask, label, settings, image types, classes. That is asked again; what comes is written
below OUT (default: nowhere) and compared. NAME is a part of a file's name, as q_pipeline.
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


class Warnings(logging.Handler):
    """Keeps what PyRadiomics warns of."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append("%s: %s" % (record.levelname, record.getMessage()))


def plain(value):
    """A value as JSON has it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def make(folder, asked):
    """The document with what PyRadiomics gives for it today."""
    warnings = Warnings()
    radiomics.logger.handlers = [warnings]
    extractor = featureextractor.RadiomicsFeatureExtractor(**asked["settings"])
    if list(asked["image_types"]) != ["Original"] or asked["image_types"]["Original"]:
        extractor.disableAllImageTypes()
        for name, settings in asked["image_types"].items():
            extractor.enableImageTypeByName(name, customArgs=settings)
    if asked["feature_classes"] != "default":
        extractor.disableAllFeatures()
        extractor.enableFeaturesByName(**asked["feature_classes"])
    made = dict(asked, error=None, features={}, nonfinite={}, diagnostics={})
    paths = [os.path.join(folder, asked[key]) for key in ("image", "mask")]
    try:
        found = extractor.execute(*paths, label=asked["label"])
    except Exception as error:  # PyRadiomics raises whatever it likes; that it does is the golden
        made["error"] = "%s: %s" % (type(error).__name__, error)
        found = {}
    for name, value in found.items():
        value = plain(value)
        if name.startswith("diagnostics_"):
            if "Versions" not in name and "Configuration" not in name:
                made["diagnostics"][name] = value
        elif math.isfinite(value):
            made["features"][name] = value
        else:
            made["features"][name] = None
            made["nonfinite"][name] = str(value)
    made["n_features"] = len(made["features"])
    made["warnings"] = warnings.lines
    return made


def main():
    folder = sys.argv[1]
    out = sys.argv[2] if len(sys.argv) > 2 else None
    parts = sys.argv[3:]
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    print("PyRadiomics %s, SimpleITK %s" % (radiomics.__version__, SimpleITK.Version_VersionString()))
    whole = Count()
    files = 0
    for path in sorted(glob.glob(os.path.join(folder, "features*", "*.json"))):
        name = os.path.relpath(path, folder)
        if parts and not any(part in name for part in parts):
            continue
        with open(path) as file:
            asked = json.load(file)
        made = make(folder, asked)
        files += 1
        count = Count()
        for key in ("features", "nonfinite", "diagnostics", "n_features"):
            count.tree("%s/%s" % (name, key), asked[key], made[key])
        count.value(name + "/error", asked["error"], made["error"])
        whole.add(count)
        if count.equal < count.values or count.far:
            count.say(name)
        if out:
            write(os.path.join(out, name), made)
    whole.say("%d files" % files)
    sys.exit(1 if whole.far else 0)


if __name__ == "__main__":
    main()

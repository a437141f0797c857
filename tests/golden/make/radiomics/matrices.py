"""Makes intermediate/*.json and intermediate/volumes again: what PyRadiomics 3.1.0 has between the image and the features.

    python matrices.py ../../radiomics [OUT]

Levels, matrices, shape and the filtered volumes of the pair `tiny` with PyRadiomics' defaults, compared with those that are
there (volumes where there are any: they lie in the larger set only) and written below OUT.
"""

import glob
import json
import os
import sys

import numpy
import radiomics
import SimpleITK
from golden import Count, write
from radiomics import cMatrices, cShape, featureextractor, imageoperations
from radiomics.glcm import RadiomicsGLCM


def entries(matrix, first=1):
    """[row, column, count] of what is not 0, both counted from 1."""
    return [[int(i) + first, int(j) + first, float(matrix[i, j])] for i, j in zip(*numpy.nonzero(matrix))]


def levels(image, mask, settings):
    """A class of features is made for its levels; all classes have the same."""
    return RadiomicsGLCM(image, mask, **settings)


def make(image, mask, document, name):
    """A document of intermediate/ as PyRadiomics has it today."""
    settings = dict(radiomics.featureextractor.RadiomicsFeatureExtractor().settings, **document["settings"])
    box, _ = imageoperations.checkMask(image, mask)
    image, mask = imageoperations.cropToTumorMask(image, mask, box)
    made = {}
    made["bounding_box_xlo_xhi_ylo_yhi_zlo_zhi"] = [int(edge) for edge in box]
    one = levels(image, mask, settings)
    one._initCalculation()
    inside = one.maskArray
    array = one.imageArray
    count = int(one.coefficients["Ng"])
    made["cropped_shape_zyx"] = list(inside.shape)
    distances, in_plane, axis = numpy.array([1]), False, 0
    if "discretized" in name:
        made["Ng"] = count
        made["gray_levels_present"] = [int(level) for level in numpy.unique(array[inside])]
        made["n_roi_voxels"] = int(inside.sum())
        made["mask"] = inside.astype(int).tolist()
        made["discretized_zero_outside_roi"] = numpy.where(inside, array, 0).astype(int).tolist()
    elif name == "tiny_glcm":
        matrix, angles = cMatrices.calculate_glcm(array, inside, distances, count, in_plane, axis)
        made["angles"] = [{"offset_zyx": [int(step) for step in angle], "entries": entries(matrix[0, :, :, k])}
                          for k, angle in enumerate(angles)]
    elif name == "tiny_glrlm":
        longest = max(inside.shape)
        matrix, angles = cMatrices.calculate_glrlm(array, inside, count, longest, in_plane, axis)
        made["angles"] = [{"offset_zyx": [int(step) for step in angle], "entries": entries(matrix[0, :, :, k])}
                          for k, angle in enumerate(angles)]
    elif name == "tiny_glszm":
        made["entries"] = entries(cMatrices.calculate_glszm(array, inside, count, int(inside.sum()), in_plane, axis)[0])
    elif name == "tiny_gldm":
        made["entries"] = entries(cMatrices.calculate_gldm(array, inside, distances, count, 0, in_plane, axis)[0])
    elif name == "tiny_ngtdm":
        rows = cMatrices.calculate_ngtdm(array, inside, distances, count, in_plane, axis)[0]
        made["rows"] = [[float(value) for value in row] for row in rows if row[0] > 0]
    elif name == "tiny_shape":
        padded = numpy.pad(inside, 1).astype(numpy.uint8)
        spacing = numpy.array(image.GetSpacing()[::-1])
        area, volume, (in_slice, in_column, in_row, diameter) = cShape.calculate_coefficients(padded, spacing)
        points = numpy.array(numpy.nonzero(inside)).T * spacing
        points = (points - points.mean(axis=0)) / numpy.sqrt(len(points))
        values = numpy.sort(numpy.linalg.eigvals(points.T @ points).real)
        made.update(mesh_surface_area=float(area), mesh_volume=float(volume), max2d_slice=float(in_slice),
                    max2d_column=float(in_column), max2d_row=float(in_row), max3d=float(diameter),
                    eigenvalues_ascending=[float(value) for value in values],
                    axis_lengths_4sqrt_ascending=[float(4 * numpy.sqrt(value)) for value in values],
                    n_roi_voxels=int(inside.sum()))
    # What a document does not hold is not added to it.
    return dict(document, **{key: value for key, value in made.items() if key in document})


def filtered(image, mask):
    """Name and volume of every image type with PyRadiomics' defaults, and of normalisation
    with `normalizeScale: 100` and `removeOutliers: 3`."""
    settings = featureextractor.RadiomicsFeatureExtractor().settings
    types = {"Wavelet": {}, "LoG": {"sigma": [1.0, 2.0, 3.0]}, "Square": {}, "SquareRoot": {}, "Logarithm": {}, "Exponential": {},
             "Gradient": {}, "LBP2D": {}}
    for name, custom in types.items():
        make_volumes = getattr(imageoperations, "get%sImage" % name)
        for volume, name_of_volume, _ in make_volumes(image, mask, **dict(settings, **custom)):
            yield name_of_volume, volume
    yield "normalized", imageoperations.normalizeImage(image, normalizeScale=100, removeOutliers=3)


def main():
    folder = sys.argv[1]
    out = sys.argv[2] if len(sys.argv) > 2 else None
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    image = SimpleITK.ReadImage(os.path.join(folder, "images/tiny_image.nrrd"))
    mask = SimpleITK.ReadImage(os.path.join(folder, "images/tiny_mask.nrrd"))
    mask = SimpleITK.Cast(mask, SimpleITK.sitkUInt32)
    whole = Count()
    for path in sorted(glob.glob(os.path.join(folder, "intermediate/tiny_*.json"))):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path) as file:
            document = json.load(file)
        made = make(image, mask, document, name)
        count = Count()
        count.tree(name, document, made)
        count.say(name)
        whole.add(count)
        if out:
            write(os.path.join(out, "intermediate", name + ".json"), made, None)
    for name, volume in filtered(image, mask):
        path = os.path.join(folder, "intermediate/volumes/tiny_%s.nrrd" % name)
        if out:
            os.makedirs(os.path.join(out, "intermediate/volumes"), exist_ok=True)
            SimpleITK.WriteImage(volume, os.path.join(out, "intermediate/volumes/tiny_%s.nrrd" % name), True)
        if not os.path.exists(path):
            continue
        there = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path)).ravel().tolist()
        count = Count(least=1e-6)
        count.tree("volumes/" + name, there, SimpleITK.GetArrayFromImage(volume).ravel().tolist())
        count.say("volumes/" + name)
        whole.add(count)
    whole.say("all")
    sys.exit(1 if whole.far else 0)


if __name__ == "__main__":
    main()

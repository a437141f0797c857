"""Makes the planes of images/ again: plane_image.nrrd, plane_imagef.nrrd (single precision) and plane_mask.nrrd.

    python planes.py OUT

A made-up image of two axes, 34 x 30 pixels of 0.8 x 1.3 mm, turned by 0.2 radians, with a region that has a hole and a second
part. They are inputs; what PyRadiomics gives for them is asked by features.py, as for all other images.
"""

import os
import sys

import numpy
import SimpleITK


def save(values, path):
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((0.8, 1.3))
    image.SetOrigin((-12.5, 40.25))
    cosine, sine = numpy.cos(0.2), numpy.sin(0.2)
    image.SetDirection((cosine, -sine, sine, cosine))
    SimpleITK.WriteImage(image, path, True)


def main():
    random = numpy.random.default_rng(18)
    y, x = numpy.mgrid[:30, :34]
    image = 60 + 25 * numpy.sin(x / 4.0) * numpy.cos(y / 5.0) + random.normal(0, 12, x.shape)
    mask = ((x - 17) / 11.0) ** 2 + ((y - 14) / 9.0) ** 2 < 1
    mask &= (x - 14) ** 2 + (y - 12) ** 2 >= 5
    mask[27:29, 2:5] = True
    os.makedirs(sys.argv[1], exist_ok=True)
    save(image.round().astype("i2"), os.path.join(sys.argv[1], "plane_image.nrrd"))
    save(image.astype("f4"), os.path.join(sys.argv[1], "plane_imagef.nrrd"))
    save(mask.astype("u1"), os.path.join(sys.argv[1], "plane_mask.nrrd"))


if __name__ == "__main__":
    main()

"""A job's own choice of picture format on top of the scene's."""

# By the farm's word for it: Blender's format and the depth it is written in. Gray and alpha stay as the scene has them,
# where the format can hold them.
FORMATS = {
    "png": ("PNG", "8"),
    "png16": ("PNG", "16"),
    "jpeg": ("JPEG", "8"),
    "tiff": ("TIFF", "8"),
    "webp": ("WEBP", "8"),
    "exr": ("OPEN_EXR", "16"),
    "exr32": ("OPEN_EXR", "32"),
    "exr-layers": ("OPEN_EXR_MULTILAYER", "16"),
}
LAYERS = "OPEN_EXR_MULTILAYER"


def choose(chosen, word):
    image = chosen.scene.render.image_settings
    kind, depth = FORMATS[word]
    color_mode = image.color_mode
    # Put back last, as the format decides which of them there are.
    chosen.change(image, "color_depth", image.color_depth)
    chosen.change(image, "color_mode", color_mode)
    chosen.change(image, "file_format", image.file_format)
    if hasattr(image, "media_type"):  # 5.x offers a format only after its kind
        chosen.change(image, "media_type", "MULTI_LAYER_IMAGE" if kind == LAYERS else "IMAGE")
    image.file_format = kind
    image.color_depth = depth
    try:
        image.color_mode = color_mode
    except TypeError:  # JPEG has no alpha
        image.color_mode = "RGB"

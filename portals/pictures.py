"""Pictures that editors upload: read, made small, written anew, so that nothing but pixels is ever served."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MOST_BYTES = 2_000_000
MOST_PIXELS = 20_000_000
SIDE = 512
"""Of the square that the picture is made to fit in."""
WIDE = 1280
"""The same, for one that takes the width of a page."""
READ = ("PNG", "WEBP", "JPEG")


def drawn_anew(file, side=SIDE):
    """The same picture as a WebP file of `side` pixels at most; raises ValidationError where it is none of READ."""
    if file.size > MOST_BYTES:
        raise ValidationError(_("This file is too heavy: 2 MB at most."))
    try:
        picture = Image.open(file, formats=READ)
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(_("This picture is too large: 20 million pixels at most."))
        picture = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This file cannot be read as a picture: choose a PNG, WebP or JPEG file.")) from None
    picture.thumbnail((side, side))
    written = BytesIO()
    picture.save(written, "WEBP", quality=90, method=6)
    return ContentFile(written.getvalue(), name=f"{file.name.rsplit('/', 1)[-1].rsplit('.', 1)[0][:60]}.webp")

"""Pages are sent compressed. Static files were before (whitenoise); a file that streams stays as it is."""

from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "image/svg+xml", "application/atom+xml", "application/xml")


class CompressionMiddleware(GZipMiddleware):
    """Django's own, which pads each page at random so that its length tells nothing of a secret in it."""

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)

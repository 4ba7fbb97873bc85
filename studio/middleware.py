"""What stands between the server and every view."""

from django.middleware.gzip import GZipMiddleware


class PageGZipMiddleware(GZipMiddleware):
    """Compress pages, never media: a byte range of a compressed file is no range of the file."""

    def process_response(self, request, response):
        return response if response.streaming else super().process_response(request, response)

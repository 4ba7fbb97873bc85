"""A real Firefox, driven over WebDriver BiDi: no driver program, and nothing called outside."""

from tests.browser.firefox.page import FirefoxPage
from tests.browser.firefox.process import Firefox, firefox_path

__all__ = ["Firefox", "FirefoxPage", "firefox_path"]

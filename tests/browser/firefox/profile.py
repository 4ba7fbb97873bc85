"""What a fresh profile is told before Firefox starts: play by itself, and call nobody."""

from __future__ import annotations

import json
from pathlib import Path

Value = str | int | bool

# Whatever would speak to Mozilla, or to anybody else, by itself.
SERVICES: dict[str, Value] = {
    # telemetry, studies, experiments, crash reports
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.unified": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.shutdownPingSender.enabled": False,
    "telemetry.fog.test.localhost_port": -1,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.usage.uploadEnabled": False,
    "app.normandy.enabled": False,
    "app.normandy.api_url": "",
    "app.shield.optoutstudies.enabled": False,
    "messaging-system.rsexperimentloader.enabled": False,
    "browser.tabs.crashReporting.sendReport": False,
    "dom.security.unexpected_system_load_telemetry_enabled": False,
    # remote settings, blocklists, region, updates
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "services.settings.load_dump": True,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.webcompat-reporter.enabled": False,
    "app.update.enabled": False,
    "app.update.auto": False,
    "app.update.disabledForTesting": True,
    "browser.search.update": False,
    "browser.region.network.url": "",
    "browser.region.update.enabled": False,
    "security.remote_settings.crlite_filters.enabled": False,
    "security.remote_settings.intermediates.enabled": False,
    "media.gmp-manager.url": "",
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-gmpopenh264.enabled": False,
    "media.gmp-widevinecdm.enabled": False,
    # safe browsing, tracking protection lists
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.safebrowsing.provider.google.updateURL": "",
    "browser.safebrowsing.provider.google4.updateURL": "",
    "browser.safebrowsing.provider.google5.updateURL": "",
    "browser.safebrowsing.provider.mozilla.updateURL": "",
    "privacy.trackingprotection.enabled": False,
    # the network looked at by itself
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "network.predictor.enabled": False,
    "network.http.speculative-parallel-limit": 0,
    "network.trr.mode": 5,
    "doh-rollout.enabled": False,
    "network.manage-offline-status": False,
    "dom.push.connection.enabled": False,
    "dom.push.serverURL": "",
    "geo.provider.network.url": "",
    "geo.enabled": False,
    "security.OCSP.enabled": 0,
    # pages of its own: start, new tab, welcome, what is new, suggestions, the assistant
    "browser.startup.page": 0,
    "browser.startup.homepage": "about:blank",
    "browser.startup.homepage_override.mstone": "ignore",
    "startup.homepage_welcome_url": "about:blank",
    "startup.homepage_welcome_url.additional": "",
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.newtabpage.activity-stream.feeds.system.topstories": False,
    "browser.newtabpage.activity-stream.feeds.topsites": False,
    "browser.newtabpage.activity-stream.telemetry": False,
    "browser.newtabpage.activity-stream.discoverystream.enabled": False,
    "browser.topsites.contile.enabled": False,
    "browser.urlbar.suggest.searches": False,
    "browser.urlbar.quicksuggest.enabled": False,
    "browser.search.suggest.enabled": False,
    "browser.uitour.enabled": False,
    "browser.discovery.enabled": False,
    "browser.ml.enable": False,
    "browser.ml.chat.enabled": False,
    "browser.translations.enable": False,
    "identity.fxaccounts.enabled": False,
    "signon.management.page.breach-alerts.enabled": False,
    "signon.firefoxRelay.feature": "disabled",
    "browser.contentblocking.report.lockwise.enabled": False,
    "browser.contentblocking.report.monitor.enabled": False,
    "browser.vpn_promo.enabled": False,
}

BEHAVIOUR: dict[str, Value] = {
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.hardware-video-decoding.enabled": False,
    "dom.disable_beforeunload": True,
    "dom.min_background_timeout_value": 4,
    "browser.shell.checkDefaultBrowser": False,
    "browser.warnOnQuit": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "termsofuse.bypassNotification": True,
    "full-screen-api.warning.timeout": 0,
    "full-screen-api.transition-duration.enter": "0 0",
    "full-screen-api.transition-duration.leave": "0 0",
    "security.sandbox.content.level": 0,  # as --no-sandbox does for Chromium: in a container there is none
    "ui.primaryPointerCapabilities": 6,  # there is a mouse: it is fine, and it hovers
    "ui.allPointerCapabilities": 6,
    "remote.prefs.recommended": True,
    "browser.dom.window.dump.enabled": False,
    "dom.ipc.processPrelaunch.enabled": False,
    "dom.ipc.processCount": 2,
}


def proxied(port: int) -> dict[str, Value]:
    """Send whatever is not of this machine to a listener on it."""
    return {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": port,
        "network.proxy.socks_remote_dns": True,
        "network.proxy.no_proxies_on": "localhost, 127.0.0.1, [::1]",
        "network.proxy.failover_direct": False,
        "network.proxy.allow_bypass": False,
    }


def write(folder: Path, port: int) -> None:
    """Write the profile's `user.js`; the listener that stands for the world is at this port."""
    wanted = SERVICES | BEHAVIOUR | proxied(port)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
    (folder / "user.js").write_text("\n".join(lines) + "\n")

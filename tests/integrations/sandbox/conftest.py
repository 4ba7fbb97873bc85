import ipaddress
import os
import socket

import pytest

from studio.integrations.sandbox import child
from tests.integrations.sandbox.running import Receiver, Running


@pytest.fixture(autouse=True, scope="session")
def only_loopback():
    """Nothing here may leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(method):
        def wrapper(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                assert ipaddress.ip_address(address[0]).is_loopback, f"tried to call {address}"
            return method(self, address)

        return wrapper

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked(connect))
        patch.setattr(socket.socket, "connect_ex", checked(connect_ex))
        yield


@pytest.fixture(scope="session")
def start(tmp_path_factory, only_loopback):
    """Start a sandbox of one's own; it ends with the session."""
    children = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAR_DIR", str(tmp_path_factory.mktemp("var")))
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.setenv(name, "http://127.0.0.1:9")  # whoever believes in a proxy gets nowhere

        def start(directory=None, *, wait=0.0, workers=1, options=("--no-drawing",), **more):
            directory = directory or tmp_path_factory.mktemp("sandbox")
            begun = child.start(directory=directory, wait=wait, workers=workers, options=options, **more)
            children.append(begun)
            return begun

        yield start
        for begun in children:
            begun.process.stdin.close()  # all end at once
        for begun in children:
            begun.stop()


@pytest.fixture(scope="session")
def _shared(start):
    begun = start()
    return Running(begun.url, begun.key)


@pytest.fixture
def sandbox(_shared):
    """A running sandbox that finishes at once and serves tiny files; without faults at the start."""
    _shared.reset()
    yield _shared
    _shared.reset()


@pytest.fixture
def receiver():
    """Somebody on this machine who takes callbacks."""
    receiver = Receiver()
    yield receiver
    receiver.close()

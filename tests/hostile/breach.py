import ctypes
import glob
import os
import signal
import socket
import subprocess
import threading
import time


def said(what):
    os.write(1, ("BREACH %s\n" % what).encode())


def attempt(what, act):
    try:
        if act():
            said(what)
    except BaseException:
        pass


def can_read(path):
    with open(path, "rb") as file:
        return len(file.read(10)) > 0


def can_write(path):
    with open(path, "wb") as file:
        file.write(b"breach")
    return True


def can_connect(family, address):
    with socket.socket(family) as client:
        client.settimeout(1)
        client.connect(address)
        client.sendall(b"breach")
    return True


def can_signal(pid):
    os.kill(pid, signal.SIGKILL)
    return True


def can_list(path):
    """Whether there is more than the folders that lead to our driver, which has its place in a home or in /opt, too."""
    while True:
        way = TARGETS["driver"][len(path) + 1 :].split("/") if TARGETS["driver"].startswith(path + "/") else [""]
        names = os.listdir(path)
        if any(name != way[0] for name in names):
            return True
        if len(names) == 0 or len(way) == 1:
            return False
        path = os.path.join(path, way[0])


def became_root():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.setuid(0) == 0 and can_read("/etc/shadow")


def can_mount():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0


def breach(where):
    """Tries everything that a scene must not reach. Returns 0, as a driver's value."""
    reads = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/1/root/etc/passwd", "/proc/kcore"]
    for path in reads + [TARGETS["key"], TARGETS["picture"], "/proc/%d/environ" % TARGETS["victim"]]:
        attempt("%s: read %s" % (where, path), lambda path=path: can_read(path))
    for path in [TARGETS["outside"], TARGETS["sceneFolder"] + "/breach", "/usr/breach", "/breach", "/etc/breach"]:
        attempt("%s: wrote %s" % (where, path), lambda path=path: can_write(path))
    attempt(where + ": sees the key", lambda: os.path.lexists(TARGETS["key"]))
    for path in ["/root", "/home", "/var", "/srv", "/opt", "/sys/fs/cgroup"]:
        attempt("%s: listed %s" % (where, path), lambda path=path: can_list(path))
    attempt(where + ": tcp", lambda: can_connect(socket.AF_INET, ("127.0.0.1", TARGETS["port"])))
    attempt(where + ": unix", lambda: can_connect(socket.AF_UNIX, TARGETS["socket"]))
    attempt(where + ": udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)))
    attempt(where + ": signalled another", lambda: can_signal(TARGETS["victim"]))
    attempt(where + ": root", became_root)
    attempt(where + ": mounted", can_mount)
    attempt(where + ": core pattern", lambda: can_write("/proc/sys/kernel/core_pattern"))
    os.write(1, b"TRIED EVERYTHING\n")
    return 0


def stay_behind():
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                os.execvp("sleep", ["sleep", TARGETS["mark"]])
            os._exit(0)
    os.write(1, b"TRIED EVERYTHING\n")


def fork_without_end():
    while True:
        try:
            os.fork()
        except OSError:
            os.write(1, b"TRIED EVERYTHING\n")
            time.sleep(0.5)


def fill_disk(deleted):
    block = b"x" * (1024 * 1024)
    kept = []
    for number in range(10 ** 6):
        path = os.path.join(os.environ["TMPDIR"], "fill-%d" % number)
        file = open(path, "wb")
        if deleted:
            os.remove(path)
            kept.append(file)
        for _ in range(10):
            file.write(block)
        file.flush()
        time.sleep(0.01)


def write_one_file():
    """Never heeds that it may not: a file stays right at the largest size it may have."""
    block = b"x" * (1024 * 1024)
    with open(os.path.join(os.environ["TMPDIR"], "endless"), "wb", buffering=0) as file:
        while True:
            try:
                file.write(block)
            except OSError:
                time.sleep(0.01)


def write_far_off():
    """One byte a tebibyte into a file: it takes no room, and is larger than any file may be."""
    with open(os.path.join(os.environ["TMPDIR"], "far"), "wb", buffering=0) as file:
        file.seek(1 << 40)
        file.write(b"x")


def make_files():
    for number in range(10 ** 7):
        os.close(os.open(os.path.join(os.environ["TMPDIR"], "n%d" % number), os.O_CREAT | os.O_WRONLY))


def take_memory():
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1024) * (32 * 1024)))


def lie():
    """Says that frames are done that are not, and are files of others."""
    def later():
        for path in ["/etc/passwd", TARGETS["key"], TARGETS["picture"], "../../../../etc/passwd"]:
            for frame in (1, 2, 3):
                line = '{"event":"rendered","frame":%d,"file":"%s","seconds":1,"memory":null}\n' % (frame, path)
                os.write(4, line.encode())
    threading.Thread(target=lambda: [time.sleep(0.02) or later() for _ in range(400)], daemon=True).start()


def babble():
    """Junk where the worker listens: no line's end for long, half of letters, and numbers out of all bounds."""
    def later():
        os.write(4, b"x" * (3 * 1024 * 1024) + b"\n")
        os.write(4, bytes(range(128, 256)) * 100 + b"\n{\n[[[[\nnull\n")
        os.write(4, b'{"event":"progress","frame":1,"fraction":1e999,"memory":-1}\n' * 1000)
        os.write(4, b'{"event":"started","frame":1}\n' * 1000)
        os.write(4, b"[" * 100000 + b"\n")
    threading.Thread(target=lambda: [later() for _ in range(20)], daemon=True).start()


def exchange_frames():
    """Puts a link in the place of each frame, as soon as it is there."""
    frames = os.environ["HOME"].replace("/session-", "/frames-")
    def watch():
        while True:
            for path in glob.glob(frames + "/*.png"):
                try:
                    if not os.path.islink(path):
                        os.symlink(TARGETS["key"], path + ".link")
                        os.replace(path + ".link", path)
                except OSError:
                    pass
            time.sleep(0.0005)
    threading.Thread(target=watch, daemon=True).start()


def kill_parent():
    for pid in [os.getppid(), 1, -1]:
        attempt("kill", lambda: os.kill(pid, signal.SIGKILL))

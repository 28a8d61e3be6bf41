"""A certificate authority of the test's own and one leaf for every name that the double answers to."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile


def ensure(folder, names):
    """The files (authority, leaf, leaf's key) below `folder`, made by `openssl` where they are missing.

    The leaf is good for 127.0.0.1 and for `names`; doubles with other names need another folder.
    """
    final = os.path.join(folder, "tls")
    if not os.path.isdir(final):
        os.makedirs(folder, exist_ok=True)
        work = tempfile.mkdtemp(dir=folder)
        try:
            _make(work, names)
            os.rename(work, final)
        except OSError:
            if not os.path.isdir(final):
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return tuple(os.path.join(final, name) for name in ("ca.pem", "leaf.pem", "leaf.key"))


def client(folder):
    """A client's certificate of that authority; its key stands beside it with `.key` for `.pem`."""
    return os.path.join(folder, "tls", "client.pem")


def _make(folder, names):
    with open(os.path.join(folder, "leaf.ext"), "w") as file:
        file.write("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,"
                   + ",".join("DNS:" + name for name in names) + "\n")
    with open(os.path.join(folder, "ca.cnf"), "w") as file:
        file.write("[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ca\n[dn]\nCN=hephy test authority\n"
                   "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
                   "subjectKeyIdentifier=hash\n")
    for name in ("ca", "leaf", "client"):
        _openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key")
    _openssl(folder, "req", "-x509", "-new", "-config", "ca.cnf", "-key", "ca.key", "-days", "30", "-out", "ca.pem")
    _openssl(folder, "req", "-new", "-config", "ca.cnf", "-subj", "/CN=127.0.0.1", "-key", "leaf.key",
             "-out", "leaf.csr")
    _openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x1001",
             "-days", "30", "-extfile", "leaf.ext", "-out", "leaf.pem")
    _openssl(folder, "req", "-new", "-config", "ca.cnf", "-subj", "/CN=ada", "-key", "client.key", "-out", "client.csr")
    _openssl(folder, "x509", "-req", "-in", "client.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x1002",
             "-days", "30", "-out", "client.pem")


def _openssl(folder, *arguments):
    done = subprocess.run(["openssl"] + list(arguments), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (arguments[0], done.stdout.decode(errors="replace")))

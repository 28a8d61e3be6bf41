#!/bin/sh
# Lets this machine run the programs of HEPHY_PLATFORM, with QEMU from the distribution's packages.
#
# Nothing is done where the machine runs them already. Runners of forges come without emulation, and a build whose
# Dockerfile runs something needs it for every foreign platform.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

platform=${HEPHY_PLATFORM:?}
case $platform in
linux/amd64*) name=qemu-x86_64 ;;
linux/arm64*) name=qemu-aarch64 ;;
linux/arm/*) name=qemu-arm ;;
linux/386) name=qemu-i386 ;;
linux/loong64) name=qemu-loongarch64 ;;
linux/mips64le) name=qemu-mips64el ;;
linux/ppc64le) name=qemu-ppc64le ;;
linux/riscv64) name=qemu-riscv64 ;;
linux/s390x) name=qemu-s390x ;;
*)
    say "$platform: nothing emulates it here"
    exit 0
    ;;
esac

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if [ ! -e "/proc/sys/fs/binfmt_misc/$name" ]; then
    has apt-get || fail "programs for $platform cannot run here: register $name with binfmt_misc on this runner"
    if ! as_root apt-get -q update ||
        ! as_root apt-get -q install -y --no-install-recommends qemu-user-static binfmt-support; then
        fail "QEMU cannot be installed: register $name with binfmt_misc on this runner"
    fi
    [ -e "/proc/sys/fs/binfmt_misc/$name" ] || as_root update-binfmts --enable "$name" || :
fi
[ -e "/proc/sys/fs/binfmt_misc/$name" ] ||
    fail "programs for $platform cannot run here: this runner lets nobody register $name with binfmt_misc"
say "$platform: emulated by $name"

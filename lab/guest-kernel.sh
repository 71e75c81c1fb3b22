#!/bin/sh
# guest-kernel.sh FOLDER: what QEMU guests boot with, from Debian's packages, unpacked and not installed. Does nothing
# when it lies there already.
#   vmlinuz   the kernel
#   tree/     of an initramfs: bin/busybox, a static one; modules/*.ko; and the flock of the host, which busybox lacks
set -eu
folder=$1
[ -e "$folder/vmlinuz" ] && [ -e "$folder/tree/modules/pcnet32.ko" ] && exit

image() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1; }
[ -n "$(image)" ] || [ "$(id -u)" != 0 ] || apt-get update -q

rm -rf "$folder"
mkdir -p "$folder/packages" "$folder/tree/bin" "$folder/tree/modules"
cd "$folder/packages"
apt-get download -q "$(image)" busybox-static
dpkg-deb --fsys-tarfile busybox-static_*.deb | tar -xO ./bin/busybox >../tree/bin/busybox
chmod 755 ../tree/bin/busybox
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --wildcards './boot/vmlinuz-*' '*/drivers/virtio/virtio*.ko' \
    '*/drivers/net/net_failover.ko' '*/drivers/net/virtio_net.ko' '*/net/core/failover.ko' \
    '*/intel/e1000/e1000.ko' '*/amd/pcnet32.ko' '*/drivers/net/mii.ko'
find lib -name '*.ko' -exec mv {} ../tree/modules/ \;
flock=$(command -v flock)
cp -L --parents "$flock" $(ldd "$flock" | grep -o '/[^ ]*') ../tree/
mv boot/vmlinuz-* ../kernel
cd ..
rm -rf packages
mv kernel vmlinuz

#!/bin/busybox sh
# First program of a QEMU guest: makes of the initramfs what guest-init.sh expects of a root, and becomes that.
/bin/busybox mkdir -p /sbin /usr/bin /usr/sbin /proc /sys /dev /run /tmp /etc /mnt
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net e1000 mii pcnet32; do
    insmod /modules/$module.ko
done
echo # the firmware left its last line open
exec sh /guest-init.sh

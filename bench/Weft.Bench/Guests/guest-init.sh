#!/bin/busybox sh
# Init of a guest of the bench. Its root is the host's file system, read-only, so the host's iperf3 and ping run here.
#
# Kernel argument:  bench.address=ADDRESS/PREFIX
# Console in:       one shell command a line
# Console out:      what it prints, then a line "#end"; the first "#end" says that commands are taken
# A guest that gets no command for two minutes powers off: User-Mode Linux does not notice that the console was closed.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run HOME=/run
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
dmesg -n 1
modules=/usr/lib/uml/modules/$(uname -r)/kernel
for module in net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
    insmod "$modules/$module.ko"
done
for word in $(cat /proc/cmdline); do
    case $word in bench.address=*) address=${word#*=} ;; esac
done
for try in 1 2 3 4 5 6 7 8 9 10; do
    nic=$(ls /sys/class/net | grep -E '^(eth|vec)' | head -n 1)
    [ -n "$nic" ] && break
    sleep 0.1
done
ip link set lo up
ip link set "$nic" up
ip address add "$address" dev "$nic"
stty raw -echo </dev/console
echo "#end"
while read -r -t 120 line; do
    sh -c "$line" </dev/null 2>&1
    echo "#end"
done
poweroff -f

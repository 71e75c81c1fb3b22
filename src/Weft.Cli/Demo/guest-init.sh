#!/bin/busybox sh
# Init of a guest. Its root is the host's file system, read-only, so every program of the host runs here
# and no file of the host changes. udhcpc calls this script too and names its event in $1.
#
# Kernel arguments:  weft.name=NAME  weft.net=dhcp | none | ADDRESS/PREFIX
# Console in:        run ID SECONDS BASE64    starts a command; any other line is a sign of life
# Console out:       #weft ready              commands are taken from here on
#                    #weft lease ADDRESS PREFIX GATEWAY DNS
#                    #weft ID EXIT BASE64     a command's end and its output; in the order of ending
# Whoever booted the guest writes a line every few seconds; when none comes for 20 s the guest powers off.
# (The end of the console's input is no sign: User-Mode Linux does not notice that a pipe was closed.)
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/run/weft

ip() { busybox ip "$@"; }
say() { ( flock 9; echo "#weft $*" >/dev/console ) 9>$state/console.lock; }

lease() {
    case $1 in
    deconfig)
        ip link set "$interface" up ;;
    bound | renew)
        ip address replace "$ip/$mask" broadcast + dev "$interface"
        [ -n "$mtu" ] && ip link set "$interface" mtu "$mtu"
        [ -n "$router" ] && ip route replace default via "${router%% *}"
        { [ -n "$domain" ] && echo "search $domain"; for a in $dns; do echo "nameserver $a"; done; } >/etc/resolv.conf
        [ "$1" = bound ] && say lease "$ip" "$mask" "${router%% *}" "${dns%% *}" ;;
    esac
    return 0
}

own_files() {
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p $state /run/tmp /run/lock /dev/shm
    cp "$0" $state/init
    chmod 755 $state/init
    # An /etc of its own: links to the host's, but for the files that give names. /mnt is as deep as /etc,
    # so the host's relative links still lead somewhere.
    mount --bind /etc /mnt
    mount -t tmpfs -o mode=755 tmpfs /etc
    ln -s /mnt/* /etc/
    rm -f /etc/resolv.conf /etc/hosts /etc/hostname
    echo "127.0.0.1 localhost" >/etc/hosts
    : >/etc/resolv.conf
    export TMPDIR=/run/tmp HOME=/run
}

# A card by vhost-user is virtio-net, whose driver is a module of this kernel.
load_virtio() {
    modules=/usr/lib/uml/modules/$(uname -r)/kernel
    for module in net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
        busybox insmod $modules/$module.ko
    done
}

network() {
    ip link set lo up
    card=vec0
    if [ ! -d /sys/class/net/vec0 ]; then
        grep -q virtio_uml.device= /proc/cmdline && load_virtio
        card=eth0
        [ -d /sys/class/net/eth0 ] || return
    fi
    case $net in
    none) ;;
    dhcp) busybox udhcpc -f -i $card -s $state/init -x "hostname:$name" -t 40 -T 1 -A 1 >/run/udhcpc.log 2>&1 & ;;
    *) ip address add "$net" broadcast + dev $card; ip link set $card up ;;
    esac
}

# Hands on whole lines. The shell that starts the commands cannot read them off the console itself: busybox forgets the
# half of a line that it has read when a child ends before the other half is there.
console() {
    while read -r -t 20 line; do
        echo "$line"
    done </dev/console
}

# Answers are one line each, under a lock: commands run side by side and end in any order.
run() {
    echo "$3" | base64 -d >$state/$1.sh
    timeout -s KILL "$2" sh $state/$1.sh >$state/$1.out 2>&1 </dev/null 9>&- # or a server it starts keeps the lock
    code=$?
    flock 9
    { printf '#weft %s %s ' "$1" $code; base64 -w 0 $state/$1.out; echo; } >/dev/console
    rm -f $state/$1.sh $state/$1.out
}

if [ -n "$interface" ]; then
    lease "$1"
    exit
fi

net=none name=guest
own_files 2>/dev/null
for word in $(cat /proc/cmdline); do
    case $word in
    weft.name=*) name=${word#*=} ;;
    weft.net=*) net=${word#*=} ;;
    esac
done
hostname "$name"
stty raw -echo </dev/console
network
say ready
console | while read -r verb id seconds text; do
    [ "$verb" = run ] && run "$id" "$seconds" "$text" 9>$state/console.lock &
done
busybox poweroff -f

#!/bin/sh
# What a DHCP client calls in a namespace that is a guest: udhcpc names its event in $1, dhclient in $reason.
# Sets address and route, never the host's files, and prints what was given: "lease ADDRESS GATEWAY DNS",
# with - for what was not.
case ${1:-$reason} in
bound | renew)
    set -- "$ip" "$mask" "${router%% *}" "${dns%% *}" ;;
BOUND | RENEW | REBIND | REBOOT)
    prefix=0
    for part in $(echo "$new_subnet_mask" | tr . ' '); do
        while [ "$part" -gt 0 ]; do prefix=$((prefix + part % 2)) part=$((part / 2)); done
    done
    interface=${interface:-$new_interface}
    set -- "$new_ip_address" "$prefix" "${new_routers%% *}" "${new_domain_name_servers%% *}" ;;
PREINIT | deconfig)
    ip link set "$interface" up
    exit 0 ;;
*)
    exit 0 ;;
esac
ip address replace "$1/$2" broadcast + dev "$interface"
[ -z "$3" ] || ip route replace default via "$3"
echo "lease $1 ${3:--} ${4:--}"

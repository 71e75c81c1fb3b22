# Read by ./weft: "weft test [--long]". Runs every test project and sums what they say.
#
# Tiers: "test" (the default, 10 minutes with the build), "ci" (45 minutes, WEFT_TIER=ci) and "long"
# (--long, no limit). A test without the trait Tier belongs to all of them, one with Tier=ci to ci and
# long, one with Tier=long to long. What this machine lacks skips the tests that need it, by name.

tier=${WEFT_TIER:-test}
for argument in "$@"; do
    case $argument in
    --long) tier=long ;;
    *) fail "test does not know '$argument'" "its only option is --long" "$0 test" ;;
    esac
done
case $tier in
test) limit=590 filter='Tier!=ci&Tier!=long' ;;
ci) limit=2640 filter='Tier!=long' ;;
long) limit=604800 filter= ;;
*) fail "there is no tier '$tier'" "WEFT_TIER is test, ci or long" "$0 test" ;;
esac
begun=$(date +%s)

# PROGRAM PACKAGE [TIERS]: what the scenes run beside the .NET SDK.
missing_packages() {
    while read -r program package tiers; do
        case ${tiers:-$tier} in *"$tier"*) ;; *) continue ;; esac
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || printf '%s ' "$package"
    done <<LIST
linux.uml user-mode-linux
busybox busybox
ip iproute2
dhclient isc-dhcp-client
dig bind9-dnsutils
dnsmasq dnsmasq-base
ethtool ethtool
ping iputils-ping
qemu-system-x86_64 qemu-system-x86 ci,long
zsh zsh ci,long
fish fish ci,long
virt-qemu-run libvirt-daemon-driver-qemu ci,long
tshark tshark
dpdk-testpmd dpdk-dev long
LIST
}

packages=$(missing_packages)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "weft test: installing $packages"
    mkdir -p "$home"
    install="apt-get install -y -q --no-install-recommends $packages"
    DEBIAN_FRONTEND=noninteractive $install >"$home/apt.log" 2>&1 ||
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive $install; } >"$home/apt.log" 2>&1 ||
        tail -n 5 "$home/apt.log"
    packages=$(missing_packages)
fi
[ -z "$packages" ] || echo "weft test: skips what needs a missing program; try: sudo apt-get install $packages"

# A kernel for QEMU guests, which the shortest tier has none of, lies beside the build; nothing of it is installed.
if [ "$tier" != test ]; then
    mkdir -p "$home"
    sh "$here/lab/guest-kernel.sh" "$home/guest-kernel" >"$home/guest-kernel.log" 2>&1 ||
        echo "weft test: skips QEMU guests, no kernel for them could be fetched ($home/guest-kernel.log)"
fi

# What a booted Debian has and a bare container lacks: TAPs and ping for every user.
tun=/dev/net/tun ping=/proc/sys/net/ipv4/ping_group_range
if [ -c $tun ] && [ "$(stat -c %a $tun)" != 666 ]; then
    if [ "$(id -u)" = 0 ] && chmod 0666 $tun 2>/dev/null; then
        echo "weft test: chmod 0666 $tun, as udev does"
    elif ! [ -w $tun ]; then
        echo "weft test: skips the scenes with a TAP; try: sudo chmod 0666 $tun"
    fi
fi
if [ "$(cut -f1 $ping)" -gt "$(cut -f2 $ping)" ]; then
    if [ "$(id -u)" = 0 ] && echo "0 2147483647" 2>/dev/null >$ping; then
        echo "weft test: net.ipv4.ping_group_range = 0 2147483647, as systemd does"
    else
        echo "weft test: skips ping to the outside; try: sudo sysctl net.ipv4.ping_group_range='0 2147483647'"
    fi
fi

build "$home/built-tests" Weft.slnx src test lab
need_sdk
results=$home/results
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0 skipped=0
# sum PROJECT: adds what its result file counts. A run without one, or that failed for no test, is one failure.
sum() {
    counters=$(grep -o '<Counters [^>]*' "$results/$1.trx" 2>/dev/null | head -n 1) || counters=
    for key in total executed passed failed; do
        value=$(printf '%s' "$counters" | sed -n "s/.*[< ]$key=\"\([0-9]*\)\".*/\1/p")
        eval "count_$key=${value:-0}"
    done
    if [ "$count_failed" = 0 ] && { [ "$2" != 0 ] || [ "$count_total" = 0 ]; }; then
        echo "weft test: $1 did not end in order (exit $2)"
        count_failed=1
    fi
    passed=$((passed + count_passed)) failed=$((failed + count_failed))
    skipped=$((skipped + count_total - count_executed))
}

for project in Weft.Tests Weft.Lab; do
    left=$((limit - $(date +%s) + begun))
    [ $left -gt 1 ] || left=1
    code=0
    (cd "$here" && WEFT_TIER=$tier timeout -k 10 $left dotnet test "$out/$project/release/$project.dll" \
        ${filter:+--filter "$filter"} --results-directory "$results" \
        --logger "console;verbosity=minimal" --logger "trx;LogFileName=$project.trx") || code=$?
    [ $code != 124 ] || echo "weft test: $project ran out of the $limit s of tier $tier"
    sum $project $code
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
exit

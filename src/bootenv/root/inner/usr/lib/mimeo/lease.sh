#!/bin/sh
# Called by udhcpc: takes over what the DHCP server gave. An address is never taken away again, only
# replaced: a DHCP server that is down for a while must not stop a deployment.

lease=/run/mimeo/lease

case $1 in
  bound | renew) ;;
  *) exit 0 ;;
esac

if [ -s "$lease" ]; then
  read -r owner _ <"$lease"
  [ "$owner" = "$interface" ] || exit 0
fi

current=$(ip -4 -o addr show dev "$interface" | sed -n 's/.* inet \([0-9.]*\).*/\1/p')
[ "$current" = "$ip" ] || ip -4 addr flush dev "$interface"
ifconfig "$interface" "$ip" netmask "${subnet:-255.255.255.0}"
[ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
for gateway in $router; do
  route add default gw "$gateway" dev "$interface" 2>/dev/null
  break
done
{
  [ -z "$domain" ] || echo "search $domain"
  for server in $dns; do echo "nameserver $server"; done
} >/etc/resolv.conf
echo "$interface $ip $serverid" >"$lease.new"
mv "$lease.new" "$lease"

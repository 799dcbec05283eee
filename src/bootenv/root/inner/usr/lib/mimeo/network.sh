# One network card with an address: the one that booted, else the first wired one that gets an answer.

lease=/run/mimeo/lease

# Wired network cards, by name.
wired_cards() {
  for path in /sys/class/net/*; do
    [ -e "$path/device" ] && [ ! -e "$path/phy80211" ] && [ ! -e "$path/wireless" ] || continue
    read -r type <"$path/type"
    [ "$type" = 1 ] && echo "${path##*/}"
  done
}

card_with_address() {
  for card in $(wired_cards); do
    read -r address <"/sys/class/net/$card/address"
    if [ "$address" = "$1" ]; then
      echo "$card"
      return
    fi
  done
}

# The cards to ask on, once they have appeared: a driver, a USB adapter or its firmware may take a while.
choose_cards() {
  until_second=$(($(seconds_up) + 20))
  while :; do
    if [ -n "$boot_mac" ]; then cards=$(card_with_address "$boot_mac"); else cards=$(wired_cards); fi
    # Without BOOTIF the first card to appear is not always the right one: wait for the drivers.
    [ -n "$cards" ] && { [ -n "$boot_mac" ] || [ -e /run/mimeo/drivers-loaded ]; } && return
    [ "$(seconds_up)" -lt "$until_second" ] || break
    [ "$(seconds_up)" -lt $((until_second - 17)) ] || say_now "waiting for the network card $boot_mac"
    sleep 0.1
  done
  cards=$(wired_cards)
  if [ -n "$cards" ] && [ -n "$boot_mac" ]; then
    say "the network card that booted ($boot_mac) has not appeared; trying the others"
  fi
  [ -n "$cards" ]
}

# A card without link loses what it sends: each waits for its cable for some seconds before it asks. The
# kernel sends only once `operstate` is up, up to a second after `carrier` says so; cards that cannot tell
# stay at unknown.
wait_for_link() {
  tries=60
  while [ "$tries" -gt 0 ]; do
    read -r state <"/sys/class/net/$1/operstate"
    [ "$state" = down ] || [ "$state" = lowerlayerdown ] || break
    tries=$((tries - 1))
    sleep 0.1
  done
}

# Asks every second: a switch that has just brought up its port may swallow the first requests.
start_dhcp() {
  for card in $cards; do
    ip link set "$card" up
    (
      wait_for_link "$card"
      exec udhcpc -f -S -i "$card" -t 10 -T 1 -A 1 -s /usr/lib/mimeo/lease.sh >/dev/null 2>&1
    ) &
    echo $! >"/run/mimeo/dhcp-$card"
  done
}

# Why there is no address yet, for the screen.
network_state() {
  linked=
  for card in $cards; do
    carrier=0
    read -r carrier 2>/dev/null <"/sys/class/net/$card/carrier"
    [ "$carrier" != 1 ] || linked="$linked $card"
  done
  if [ -z "$linked" ]; then
    echo "no link on $(echo $cards): is the network cable plugged in?"
  else
    echo "link on$linked, but no answer from a DHCP server"
  fi
}

bring_up_network() {
  choose_cards || {
    needed=$(devices_of_extra_layer 02)
    if [ -n "$needed" ]; then
      give_up "This network card needs a driver of the second layer ($(echo $needed))." \
        'The boot script has to load extra.img too.'
    fi
    give_up 'No wired network card was found, or none that has a driver here.' "Cards on PCI: $(echo $(pci_cards))"
  }
  read -r address <"/sys/class/net/${cards%%[!a-z0-9]*}/address"
  hostname "mimeo-$(echo "$address" | tr -d : | tail -c 7)"
  rm -f "$lease"
  start_dhcp
  wait_for_lease
  read -r MIMEO_NIC address _ <"$lease"
  export MIMEO_NIC
  for card in $cards; do
    [ "$card" = "$MIMEO_NIC" ] || kill "$(cat "/run/mimeo/dhcp-$card")" 2>/dev/null
  done
  say "network card $MIMEO_NIC has the address $address"
}

# Says why it waits, once a second; after a minute and a half as a failure that fills the screen. It goes on
# as soon as an address is there, and starts the computer again after ten minutes without.
wait_for_lease() {
  began=$(seconds_up)
  told=
  state=
  while [ ! -s "$lease" ]; do
    read -r uptime _ </proc/uptime
    waited=$((${uptime%%.*} - began))
    if [ "$waited" != "$told" ]; then
      told=$waited
      before=$state
      state=$(network_state)
      if [ "$waited" -ge 600 ]; then
        reboot -f
      elif [ "$waited" -eq 90 ] || { [ "$waited" -gt 90 ] && [ "$state" != "$before" ]; }; then
        show_failure "No network: $state." \
          'Check cable, switch port and DHCP server. It goes on by itself as soon as it can.'
      elif [ "$waited" -ge 3 ] && [ "$waited" -lt 90 ]; then
        say_now "waiting for the network: $state ($waited of 90 s)"
      fi
    fi
    sleep 0.05
  done
}

# Vendor and device of every network card on PCI, for the message that none has a driver.
pci_cards() {
  for class in /sys/bus/pci/devices/*/class; do
    read -r value <"$class"
    case $value in
      0x02*) read -r vendor <"${class%class}vendor" && read -r device <"${class%class}device" && echo "$vendor:$device" ;;
    esac
  done
}

# The server's clock, as a host's own may have died with its battery. Any answer of the server carries the
# date; it is not authenticated, and nothing here depends on it being right.
set_clock() {
  place=${MIMEO_SERVER#http://}
  place=${place%%/*}
  port=${place##*:}
  [ "$port" != "$place" ] || port=80
  date=$(printf 'HEAD / HTTP/1.0\r\n\r\n' | timeout 3 nc -w 3 "${place%:*}" "$port" 2>/dev/null | tr -d '\r' |
    sed -n 's/^[Dd]ate: //p')
  [ -z "$date" ] || date -u -D '%a, %d %b %Y %H:%M:%S' -s "${date% GMT}" >/dev/null 2>&1
}

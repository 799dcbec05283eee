# Drivers are loaded by what the devices say of themselves, many in one call of modprobe.

loaded=/run/mimeo/loaded-aliases
extra_aliases=/usr/share/mimeo/extra-aliases

# The network first: its devices on PCI and on the buses of virtual machines.
load_network_drivers() {
  set --
  for class in /sys/bus/pci/devices/*/class; do
    read -r value <"$class"
    case $value in
      0x02*)
        read -r alias <"${class%class}modalias"
        set -- "$@" "$alias"
        ;;
    esac
  done
  for file in /sys/bus/virtio/devices/*/modalias /sys/bus/vmbus/devices/*/modalias /sys/bus/xen/devices/*/modalias; do
    [ -r "$file" ] || continue
    read -r alias <"$file"
    set -- "$@" "$alias"
  done
  [ $# -eq 0 ] || modprobe -a -b -q "$@"
}

# Everything that is not yet known; fails when nothing new is there.
load_new_drivers() {
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u >"$loaded.now"
  touch "$loaded"
  new=$(sort "$loaded" "$loaded" "$loaded.now" | uniq -u)
  mv "$loaded.now" "$loaded"
  [ -n "$new" ] || return 1
  # An alias holds no blanks, but it may hold what the shell would take for a pattern.
  set -f
  modprobe -a -b -q $new
  set +f
}

# A driver makes new devices appear (a USB keyboard behind its controller), and people plug things in.
watch_for_devices() {
  quiet=0
  while [ "$quiet" -lt 4 ]; do
    if load_new_drivers; then quiet=0; else quiet=$((quiet + 1)); fi
    : >/run/mimeo/drivers-loaded
    sleep 0.5
  done
  while :; do
    sleep 3
    load_new_drivers
  done
}

# The module of the second layer that drives a PCI device ($1: its modalias), if one does.
extra_module_for() {
  vendor_device=${1#pci:v}
  vendor=${vendor_device%%d*}
  device=${vendor_device#*d}
  device=${device%%sv*}
  grep -E "^pci:v($vendor|\*)d($device|\*)" "$extra_aliases" | while read -r pattern module; do
    case $1 in
      $pattern)
        echo "$module"
        break
        ;;
    esac
  done
}

# PCI devices of a class ($1: 01 disks, 02 network) that have no driver and that the second layer drives.
devices_of_extra_layer() {
  for class in /sys/bus/pci/devices/*/class; do
    read -r value <"$class"
    case $value in "0x$1"*) ;; *) continue ;; esac
    [ ! -e "${class%class}driver" ] || continue
    read -r alias <"${class%class}modalias"
    extra_module_for "$alias"
  done
}

# Lays the second layer's drivers and firmware over the first, where it is there and not yet in use.
attach_extra_layer() {
  [ -d /run/mimeo/extra/usr ] || return 0
  for part in modules firmware; do
    mount -t overlay -o "lowerdir=/run/mimeo/extra/usr/lib/$part:/run/mimeo/base/usr/lib/$part" overlay \
      "/usr/lib/$part" || show_failure "The second layer of drivers cannot be used ($part)." ''
  done
  rm -f "$loaded"
}

# Gets the second layer over the network for a disk controller that only it drives.
fetch_extra_layer() {
  [ ! -d /run/mimeo/extra/usr ] || return 0
  needed=$(devices_of_extra_layer 01)
  [ -n "$needed" ] || return 0
  say "getting the driver of this computer's disk controller ($(echo $needed))"
  mkdir -p /run/mimeo/extra
  if (cd /run/mimeo && wget -q -O - "$MIMEO_SERVER/boot/files/extra.img" | cpio -i extra.squashfs) 2>/run/mimeo/extra.log &&
    mount -t squashfs -o loop,ro /run/mimeo/extra.squashfs /run/mimeo/extra; then
    attach_extra_layer
    # By name: what looks for new devices beside us may just have noted this one as seen.
    modprobe -a -b -q $needed
  else
    show_failure "This computer's disk controller needs a driver that the server did not give: $(echo $needed)." \
      "$(tail -n 1 /run/mimeo/extra.log)"
    sleep 20
  fi
}

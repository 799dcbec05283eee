# What a person sees before the agent draws, and whenever something fails: on the screen, and on the first
# serial port where there is one.

open_screens() {
  screens=
  [ ! -c /dev/tty1 ] || screens=/dev/tty1
  type=0
  [ ! -r /sys/class/tty/ttyS0/type ] || read -r type </sys/class/tty/ttyS0/type
  if [ "$type" != 0 ]; then
    grep -q console=ttyS0 /proc/cmdline || stty -F /dev/ttyS0 115200 2>/dev/null
    screens="$screens /dev/ttyS0"
  fi
  # A framebuffer of a modern screen has letters too small to read from a few steps away: 16 by 32 pixels then.
  width=0
  [ ! -r /sys/class/graphics/fb0/virtual_size ] || IFS=, read -r width _ </sys/class/graphics/fb0/virtual_size
  [ "$width" -lt 1200 ] || setfont -C /dev/tty1 /usr/share/mimeo/large.psf 2>/dev/null
  # No blanking: the state must be readable from the door.
  [ ! -c /dev/tty1 ] || printf '\033[9;0]\033[14;0]' >/dev/tty1
}

show() {
  for screen in $screens; do
    printf "$@" >"$screen" 2>/dev/null
  done
}

seconds_up() {
  read -r uptime _ </proc/uptime
  echo "${uptime%%.*}"
}

# One line of progress.
say() {
  read -r uptime _ </proc/uptime
  show '\r\033[K  Mimeo  %s\r\n' "$1"
  echo "$uptime $1" >>/run/mimeo/init.log
}

# A line that the next one replaces.
say_now() {
  show '\r\033[K  Mimeo  %s' "$1"
}

# Fills the screen: what failed ($1), what to do ($2).
show_failure() {
  read -r uptime _ </proc/uptime
  echo "$uptime FAILED: $1 $2" >>/run/mimeo/init.log
  show '\033[2J\033[H\033[1;37;41m\r\n\033[K\r\n\033[K   %s\r\n\033[K\r\n\033[0m\r\n   %s\r\n\r\n' "$1" "$2"
  [ -z "$shell_allowed" ] || show '   Press s for a shell.\r\n\r\n'
}

# A failure that nothing here can mend: it stays on the screen, then the computer starts again.
give_up() {
  show_failure "$1" "$2"
  show '   This computer starts again in five minutes.\r\n'
  sleep 300
  reboot -f
}

# A prompt is given only where the boot script allows it: s on a console, or the second screen (Alt-F2).
offer_shell() {
  [ -n "$shell_allowed" ] || return 0
  (while :; do setsid -c sh </dev/tty2 >/dev/tty2 2>&1; done) &
  for screen in $screens; do
    (
      while [ ! -e /run/mimeo/agent-runs ]; do
        read -r -t 1 -n 1 key <"$screen" 2>/dev/null || continue
        [ "$key" != s ] || setsid -c sh <"$screen" >"$screen" 2>&1
      done
    ) &
  done
}

# What the boot script told on the kernel's command line.

read_words() {
  set -f
  boot_mac=
  shell_allowed=
  # Word splitting is wanted here; nothing of the line is evaluated.
  for word in $(cat /proc/cmdline); do
    case $word in
      mimeo.server=*) MIMEO_SERVER=${word#mimeo.server=} ;;
      mimeo.boot=*) MIMEO_BOOT=${word#mimeo.boot=} ;;
      mimeo.key=*) MIMEO_KEY=${word#mimeo.key=} ;;
      mimeo.shell) shell_allowed=yes ;;
      BOOTIF=01-*) boot_mac=$(echo "${word#BOOTIF=01-}" | tr 'A-F-' 'a-f:') ;;
    esac
  done
  set +f
  MIMEO_SERVER=${MIMEO_SERVER%/}
  export MIMEO_SERVER MIMEO_BOOT MIMEO_KEY
}

# The agent draws on the screens itself; its output goes to a log. It ends the host's stay by `reboot -f` or
# `poweroff -f`; when it ends otherwise it is started again, each time after a longer pause.

agent_log=/run/mimeo/agent.log

run_agent() {
  crashes=0
  # Hashing, zstd and disk share Node's thread pool: one thread per processor, and two that wait for the disk.
  UV_THREADPOOL_SIZE=$(($(nproc) + 2))
  [ "$UV_THREADPOOL_SIZE" -ge 4 ] || UV_THREADPOOL_SIZE=4
  export UV_THREADPOOL_SIZE
  while :; do
    read -r uptime _ </proc/uptime
    MIMEO_BOOT_SECONDS=$uptime
    export MIMEO_BOOT_SECONDS
    : >/run/mimeo/agent-runs
    began=$(seconds_up)
    node /opt/mimeo/agent.mjs >>"$agent_log" 2>&1 </dev/null
    status=$?
    rm -f /run/mimeo/agent-runs
    if [ "$status" = 0 ]; then
      # The restart it asked for may take a moment.
      sleep 30
      reboot -f
    fi
    # One that had run for long did not fail at its start: count anew.
    [ $(($(seconds_up) - began)) -lt 600 ] || crashes=0
    crashes=$((crashes + 1))
    show_failure "The agent ended with status $status ($crashes of 10)." 'It starts again by itself.'
    tail -n 8 "$agent_log" | cut -c 1-110 | while read -r line; do show '   %s\r\n' "$line"; done
    if [ "$crashes" -ge 10 ]; then
      show '\r\n   Too many times: this computer starts again in five minutes.\r\n'
      sleep 300
      reboot -f
    fi
    offer_shell
    sleep $((crashes * 3))
  done
}

/** Where everything of the first boot lies until its end: on the root volume always, and for root alone. */
export const HOME = '/etc/mimeo-first-boot';
/** What the steps said; it stays. */
export const LOG = '/var/log/mimeo-first-boot.log';

/**
 * The program of the first boot: `run before-logins`, then `run with-network`. It runs what `steps` lists, each step
 * once, and survives a power cut at any moment: what was begun and not ended is begun again, at most `most` times.
 * Reports wait in `queue` until the server has them. At the end nothing of it is left but the log.
 *
 * A POSIX shell and coreutils (or busybox) are all it needs. It speaks HTTP by curl where there is one; else by bash,
 * which every Debian, Ubuntu, Fedora and SUSE has, and which keeps the token off the command line; else by wget
 * (Alpine's busybox).
 */
export const RUNNER = String.raw`#!/bin/sh
# The first boot of this host, as Mimeo prepared it. Removes itself when it is done.
set -u
umask 077
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
phase=$1
home=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$home" || exit 1
mkdir -p state queue
rm -f state/*.new queue/*.new

uptime_seconds() { cut -d. -f1 /proc/uptime; }

# Standard input becomes a file, whole or not at all.
keep() {
  cat >"$1.new" && sync "$1.new" && mv "$1.new" "$1" && sync "$(dirname "$1")"
}

# Standard input as the inside of a JSON string.
json_text() {
  LC_ALL=C tr -d '\000-\010\013-\037\177' |
    LC_ALL=C sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/$/\\n/' | tr -d '\n'
}

# report_text NUMBER NAME STATE EXIT SECONDS ATTEMPT
report_text() {
  words=$( [ ! -e output ] || tail -c 4000 output | json_text)
  printf '{"step":%s,"name":%s,"state":"%s","exitCode":%s,"seconds":%s,"attempt":%s,"logTail":"%s"}' \
    "$(expr "$1" + 0)" "$2" "$3" "$4" "$5" "$6" "$words"
}

# Standard input is a report: it waits behind those that wait already.
enqueue() {
  number=1000000
  for file in queue/*.json; do
    [ ! -e "$file" ] || number=1$(basename "$file" .json)
  done
  keep "queue/$(printf %06d $((number - 1000000 + 1))).json"
}

report() {
  [ -z "$url" ] || report_text "$@" | enqueue
}

# Sends one report; says the status of the answer.
post() {
  if command -v curl >/dev/null 2>&1; then
    printf 'url = "%s/steps"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' \
      "$url" "$token" |
      curl -q -sS -K - -o /dev/null -w '%{http_code}' --noproxy '*' \
        --connect-timeout 5 --max-time 20 --data-binary "@$1"
  elif [ -n "$host" ] && command -v bash >/dev/null 2>&1; then
    timeout 20 bash ./post.bash "$1"
  elif command -v wget >/dev/null 2>&1; then
    said=$(timeout 20 wget -O /dev/null --header "Authorization: Bearer $token" \
      --header 'Content-Type: application/json' --post-file "$1" "$url/steps" 2>&1) && echo 200 && return
    echo "$said" | sed -n 's/.* \([45][0-9][0-9]\)[: ].*/\1/p' | head -n 1
  fi 2>/dev/null
}

# Sends what waits, in order; succeeds when nothing is left.
deliver() {
  [ "$phase" = with-network ] || return 1
  for file in queue/*.json; do
    [ -e "$file" ] || return 0
    status=$(post "$file")
    case $status in
      2??) rm -f "$file" ;;
      4??) case $status in 408 | 425 | 429) return 1 ;; *) rm -f "$file" ;; esac ;;
      *) return 1 ;;
    esac
  done
}

# A server that does not answer holds up no step for more than a moment.
silent_until=0
deliver_soon() {
  [ "$(uptime_seconds)" -ge "$silent_until" ] || return 0
  deliver || silent_until=$(($(uptime_seconds) + 60))
}

erase() {
  for file in "$@"; do
    [ -f "$file" ] || continue
    dd if=/dev/zero of="$file" bs=1 count="$(wc -c <"$file")" conv=notrunc 2>/dev/null
    sync "$file"
    rm -f "$file"
  done
}

# end NUMBER NAME STATE EXIT SECONDS ATTEMPT: how it ended is on the disk before anything follows from it.
end() {
  report_text "$@" | keep "state/$1.ended"
  conclude "$1"
}

conclude() {
  [ -z "$url" ] || enqueue <"state/$1.ended"
  mv "state/$1.ended" "state/$1.done" && sync state
  erase "steps/$1.sh" "steps/$1.unless"
  rm -f output "state/$1.tries" "state/$1.restarting"
  deliver_soon
}

has() { case " $1 " in *" $2 "*) return 0 ;; esac; return 1; }

# step NUMBER WHEN SECONDS SUCCESS REBOOT RETRY RETRIES NAME
step() {
  [ "$2" = "$phase" ] && [ ! -e "state/$1.done" ] || return 0
  if [ -e "state/$1.ended" ]; then
    conclude "$1"
    return 0
  fi
  if [ -e "state/$1.restarting" ]; then
    end "$1" "$8" finished "$(cat "state/$1.restarting")" null "$(cat "state/$1.tries")"
    return 0
  fi
  while :; do
    tries=$(cat "state/$1.tries" 2>/dev/null || echo 0)
    if [ "$tries" -ge $((most + $7)) ]; then
      echo "Interrupted $tries times: given up." >>output
      end "$1" "$8" failed null null "$tries"
      return 0
    fi
    if [ -e "steps/$1.unless" ] && /bin/sh "steps/$1.unless" >/dev/null 2>&1 </dev/null; then
      end "$1" "$8" skipped null null "$tries"
      return 0
    fi
    tries=$((tries + 1))
    echo "$tries" | keep "state/$1.tries"
    rm -f output
    report "$1" "$8" started null null "$tries"
    deliver_soon
    began=$(uptime_seconds)
    (cd / && HOME=/root exec timeout -k 10 "$3" /bin/sh "$home/steps/$1.sh") >output 2>&1 </dev/null
    code=$?
    took=$(($(uptime_seconds) - began))
    status=$code
    if has '124 137 143' "$code" && [ "$took" -ge "$3" ]; then
      echo "Not done after $3 seconds: killed." >>output
      status=null
    fi
    { echo "== step $1, attempt $tries, $took s, status $code: $8"; cat output; } >>"$log"
    if has "$5" "$code"; then
      echo "$code" | keep "state/$1.restarting"
      report "$1" "$8" waiting-for-reboot "$code" "$took" "$tries"
      deliver_soon
      $restart
      exit 0
    fi
    if has "$4" "$code"; then
      end "$1" "$8" finished "$code" "$took" "$tries"
      return 0
    fi
    if ! has "$6" "$code" || [ "$tries" -gt "$7" ]; then
      end "$1" "$8" failed "$status" "$took" "$tries"
      return 0
    fi
    sleep "$pause"
  done
}

# Waits for the server within bounds; what it never took is tried again at the next boots.
hand_over() {
  until=$(($(uptime_seconds) + patience))
  until deliver; do
    [ "$(uptime_seconds)" -lt "$until" ] || break
    sleep "$pause"
  done
  deliver && return 0
  past=$(cat state/boots 2>/dev/null || echo 0)
  echo $((past + 1)) | keep state/boots
  [ $((past + 1)) -ge "$boots" ]
}

# Nothing of it needs the settings, so that it can be taken up again after a power cut. A shutdown waits for it.
clean_up() {
  trap '' TERM
  echo | keep state/handed-over
  erase settings steps/* queue/* output
  [ ! -e started-by ] || while read -r path; do rm -f "$path"; done <started-by
  for file in *; do [ "$file" = run ] || rm -rf "$file"; done
  cd / && rm -rf "$home"
  { echo "Mimeo: the first boot of this host is done." >/dev/console; } 2>/dev/null
}

main() {
  if [ -e state/handed-over ] || [ ! -e settings ]; then
    clean_up
    return 0
  fi
  . ./settings
  . ./steps.list
  [ "$phase" = with-network ] || return 0
  [ -e state/over ] || { report "$final" '"Clean up"' finished 0 0 1 && echo | keep state/over; }
  hand_over || return 0
  clean_up
}
main
exit 0
`;

/** One report by bash's own sockets: `post.bash FILE` says the status of the answer. */
export const POST_BY_BASH = String.raw`. ./settings
exec 3<>"/dev/tcp/$host/$port" || exit 1
printf 'POST %s/steps HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' \
  "$path" "$host" "$port" "$token" "$(wc -c <"$1")" >&3
cat "$1" >&3
IFS=' ' read -r version status rest <&3 && printf %s "$status"
`;

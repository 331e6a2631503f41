# Outlives the JVM that started it and clears up after it. The JVM holds the other end of standard input and
# writes one line per change, each answered with "ok":
#
#   +process PID SIGNAL    the server PID runs; SIGNAL makes it end at once
#   -process PID           it has ended
#   +directory PATH        this directory is to go
#   -directory PATH        it is gone
#
# However the JVM ends, the system closes its end of the pipe. Then whatever is still registered is ended and
# removed. Everything here works in a POSIX shell with /proc (Linux) or with ps (macOS).
trap '' HUP INT QUIT TERM PIPE TSTP
LC_ALL=C
export LC_ALL
cd /

# The start time of process $1, in one word. Number and start time together name one process for good, so a
# number that the system has given away again is never signalled. Empty: no such process, or a zombie.
identity() {
  if [ -d /proc/self ]; then
    [ -r "/proc/$1/stat" ] || return 0
    IFS= read -r stat <"/proc/$1/stat" || return 0
    set -- ${stat##*) }
    [ "$1" = Z ] || echo "${20}"
  else
    set -- $(ps -o stat= -o lstart= -p "$1")
    case ${1-Z} in
      Z*) ;;
      *) shift; (IFS=_; echo "$*") ;;
    esac
  fi
}

# Every process with its parent, as "PID PARENT" lines.
parents() {
  if [ -d /proc/self ]; then
    for file in /proc/[0-9]*/stat; do
      IFS= read -r stat <"$file" || continue
      set -- ${stat##*) }
      echo "${stat%% *} $2"
    done
  else
    ps -A -o pid= -o ppid=
  fi
}

# Process $1 and all that descend from it.
family() {
  members=" $1 "
  snapshot=$(parents)
  grown=yes
  while [ -n "$grown" ]; do
    grown=
    set -- $snapshot
    while [ $# -ge 2 ]; do
      case $members in
        *" $1 "*) ;;
        *" $2 "*) members="$members$1 "; grown=yes ;;
      esac
      shift 2
    done
  done
  echo $members
}

victims=

# Asks process $1 with signal $2 to end if its identity is still $3. A process that was paused must go on to do so.
dismiss() {
  [ -n "$3" ] && [ "$(identity "$1")" = "$3" ] || return 0
  signal=$2
  first=$1
  set -- $(family "$1")
  for member; do
    victims="$victims $member:$(identity "$member")"
  done
  kill -s "$signal" "$first"
  kill -s CONT "$@"
}

# Keeps in $victims only those that still run.
count_victims() {
  left=
  for victim in $victims; do
    [ -n "${victim#*:}" ] && [ "$(identity "${victim%%:*}")" = "${victim#*:}" ] && left="$left $victim"
  done
  victims=$left
}

while IFS= read -r line; do
  case $line in
    '+process '*)
      entry=${line#+}
      pid=${entry#process }
      set -- "$@" "$entry $(identity "${pid%% *}")"
      ;;
    '+directory '*)
      set -- "$@" "${line#+}"
      ;;
    -*)
      ended=${line#-}
      case $ended in
        'process '*) pattern="$ended " ;;
        *) pattern= ;;
      esac
      count=$#
      while [ $count -gt 0 ]; do
        entry=$1
        shift
        if [ "$entry" = "$ended" ]; then
          :
        elif [ -n "$pattern" ] && [ "${entry#"$pattern"}" != "$entry" ]; then
          :
        else
          set -- "$@" "$entry"
        fi
        count=$((count - 1))
      done
      ;;
  esac
  echo ok
done

for entry; do
  case $entry in
    'process '*) dismiss ${entry#process } ;;
  esac
done

# Three seconds to end in order, then by force.
tries=60
count_victims
while [ -n "$victims" ] && [ $tries -gt 0 ]; do
  sleep 0.05
  tries=$((tries - 1))
  count_victims
done
tries=60
while [ -n "$victims" ] && [ $tries -gt 0 ]; do
  for victim in $victims; do
    kill -s KILL "${victim%%:*}"
  done
  sleep 0.05
  tries=$((tries - 1))
  count_victims
done

for entry; do
  case $entry in
    'directory '*)
      directory=${entry#directory }
      # PostgreSQL, killed, leaves a few bytes of System V shared memory. Line 7 of this file names it: "key id".
      if [ -r "$directory/data/postmaster.pid" ]; then
        ipcrm -m "$(sed -n '7s/.* //p' "$directory/data/postmaster.pid")"
      fi
      tries=50
      while [ -e "$directory" ] && [ $tries -gt 0 ]; do
        rm -rf -- "$directory" || sleep 0.1
        tries=$((tries - 1))
      done
      ;;
  esac
done

# Starts "$@" once a line has come in on standard input, and not at all if the input ends first: the JVM writes
# that line after it has told the reaper the number of this process, so no server runs that nobody watches.
# Each of these steps replaces this process and keeps its number. The server gets a session of its own where
# setsid or perl is found, so that Ctrl-C in a terminal reaches the JVM only and servers stop in order.
IFS= read -r go || exit 125
if command -v setsid >/dev/null 2>&1; then
  exec setsid "$@"
elif command -v perl >/dev/null 2>&1; then
  exec perl -e 'use POSIX (); POSIX::setsid(); exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n"' "$@"
else
  exec "$@"
fi

# shellcheck shell=sh
# Sourced by the launchers, which have set $bin: finds the jars (building them on first use) and the Java to run them.

# In the place of an input or output that is closed Java would open files of its own, and take them for it: they become
# /dev/null, and $closed names them.
closed=
if ! { true 3<&0; } 2>/dev/null; then closed=0; exec </dev/null; fi
if ! { true 3>&1; } 2>/dev/null; then closed=${closed}1; exec >/dev/null; fi
if ! true 3>&2; then exec 2>/dev/null; fi

home=${bin:?}
home=${home%/*}
if [ -f "$home/lib/walrus.jar" ]; then
  dist=$home
else
  dist=$home/dist/target/walrus
  [ -f "$dist/lib/walrus.jar" ] || "$bin/build" --first-use || exit 1
fi
JAVA_HOME=$("$bin/find-jdk") || exit 1
export JAVA_HOME

# launch CACHE MAIN FLAGS ARGUMENT...: becomes Java running that main class, started from the ahead-of-time cache if
# there is one that fits. FLAGS is split into words. With WALRUS_AOT_TRAINING=1 Java writes the cache when it ends.
launch() {
  cache=$dist/$1.aot main=$2 flags=$3
  shift 3
  # shellcheck disable=SC2086
  set -- $flags ${WALRUS_JAVA_OPTS:-} -cp "$dist/lib/walrus.jar" "$main" "$@"
  if [ "${WALRUS_AOT_TRAINING:-}" = 1 ]; then
    set -- "-XX:AOTCacheOutput=$cache" "$@"
  elif [ -f "$cache" ]; then
    set -- "-XX:AOTCache=$cache" -XX:AOTMode=auto "$@"
  fi
  # Arguments are UTF-8 whatever the locale: Java would turn other bytes than ASCII into question marks under LANG=C.
  LC_ALL=C.UTF-8
  export LC_ALL
  # Java's own warnings keep out of the output, and a cache that another Java made is passed over in silence.
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Xlog:disable -Xlog:all=warning:stderr '-Xlog:aot*=off:stderr' '-Xlog:cds*=off:stderr' "$@"
}

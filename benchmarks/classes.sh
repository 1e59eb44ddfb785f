# shellcheck shell=sh
# Sourced by the scripts here, which have set $here: builds the benchmarks and finds the Java to run them.
home=${here:?}
home=${home%/*}
JAVA_HOME=$("$home/bin/find-jdk") || exit 1
export JAVA_HOME
"$home/bin/maven" -q -Dfast -DskipTests -pl benchmarks -am package >&2 || exit 1
class_path=$(cat "$here/target/class-path")

# run_java MAIN ARGUMENT...: becomes Java running that main class.
run_java() {
  # What is added and opened is what Chronicle Queue reaches into.
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.lang.reflect=ALL-UNNAMED \
    --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED \
    -cp "$class_path" "$@"
}

package io.walrus.server.config;

import io.walrus.protocol.Frames;
import io.walrus.protocol.ReplyTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Every setting of a node, each written once: its flag, its variable, its default, its text and its type. The order is
/// that of `--help` and of the README's table, which is made from here.
final class Settings {
    private static final List<Setting<?>> DEFINED = new ArrayList<>();

    static final Setting<Integer> NODE_ID = define(
            "--node-id",
            "WALRUS_NODE_ID",
            "",
            "N",
            "the node's number in the cluster",
            ValueType.smallNumber(1, Integer.MAX_VALUE));
    static final Setting<Path> DATA_DIR =
            define("--data-dir", "WALRUS_DATA_DIR", "./data", "DIR", "where the node keeps its data", ValueType.path());
    static final Setting<Integer> RAFT_PORT =
            define("--raft-port", "WALRUS_RAFT_PORT", "6000", "PORT", "port for the other nodes", ValueType.port());
    static final Setting<String> RAFT_HOST = define(
            "--raft-host",
            "WALRUS_RAFT_HOST",
            "127.0.0.1",
            "HOST",
            "address to listen on for the other nodes",
            ValueType.host());
    static final Setting<String> RAFT_ADVERTISE_HOST = define(
            "--raft-advertise-host",
            "WALRUS_RAFT_ADVERTISE_HOST",
            "",
            "HOST",
            "name or address by which the other nodes reach this one (default: `--raft-host`, if that is one host's)",
            ValueType.reachableHost());
    static final Setting<Integer> CLIENT_PORT = define(
            List.of("--client-port", "--port"),
            List.of("WALRUS_CLIENT_PORT", "WALRUS_PORT"),
            "8080",
            "PORT",
            "port for clients",
            ValueType.port());
    static final Setting<String> CLIENT_HOST = define(
            "--client-host",
            "WALRUS_CLIENT_HOST",
            "127.0.0.1",
            "HOST",
            "address to listen on for clients",
            ValueType.host());
    static final Setting<String> JOIN = define(
            "--join",
            "WALRUS_JOIN",
            "",
            "HOST:PORT",
            "Raft address of any node of the cluster to join",
            ValueType.hostPort());
    static final Setting<Long> MAX_SEGMENT_ENTRIES = define(
            "--max-segment-entries",
            "WALRUS_MAX_SEGMENT_ENTRIES",
            "1000000",
            "N",
            "entries after which a segment is sealed and the next one opened",
            ValueType.number(1, Long.MAX_VALUE));
    static final Setting<Duration> MONITOR_CHECK_MS = define(
            "--monitor-check-ms",
            "WALRUS_MONITOR_CHECK_MS",
            "10000",
            "MS",
            "how often segments past that limit are looked for",
            ValueType.millis(1, 86_400_000));
    static final Setting<String> FSYNC = define(
            "--fsync",
            "WALRUS_FSYNC",
            "group",
            "POLICY",
            "when an entry is acknowledged: `group`, after the fsync of its commit group; `interval:MS` or `os`, before",
            ValueType.fsyncPolicy());
    static final Setting<Integer> REPLICATION_FACTOR = define(
            "--replication-factor",
            "WALRUS_REPLICATION_FACTOR",
            "3",
            "N",
            "copies of each segment, or one on each node if the nodes are fewer",
            ValueType.smallNumber(1, 9));
    static final Setting<List<String>> BOOTSTRAP_TOPICS = define(
            "--bootstrap-topics",
            "WALRUS_BOOTSTRAP_TOPICS",
            "logs",
            "LIST",
            "topics created at a start without `--join` while the cluster never had one, with commas between; may be empty",
            ValueType.topics());
    static final Setting<Integer> MAX_FRAME_BYTES = define(
            "--max-frame-bytes",
            "WALRUS_MAX_FRAME_BYTES",
            String.valueOf(Frames.DEFAULT_MAX_FRAME_BYTES),
            "BYTES",
            "longest request taken",
            ValueType.smallNumber(Frames.MIN_MAX_FRAME_BYTES, Frames.MAX_MAX_FRAME_BYTES));
    static final Setting<Integer> MAX_UNDER_WAY = define(
            "--max-under-way",
            "WALRUS_MAX_UNDER_WAY",
            "4096",
            "N",
            "requests of one connection answered at the same time; further ones wait unread",
            ValueType.smallNumber(1, 1 << 20));
    static final Setting<Integer> MAX_CONNECTIONS = define(
            "--max-connections",
            "WALRUS_MAX_CONNECTIONS",
            "10000",
            "N",
            "client connections held at the same time",
            ValueType.smallNumber(1, 1_000_000));
    static final Setting<Duration> REQUEST_TIMEOUT_MS = define(
            "--request-timeout-ms",
            "WALRUS_REQUEST_TIMEOUT_MS",
            String.valueOf(ReplyTimes.NODE_PATIENCE.toMillis()),
            "MS",
            "how long a request may wait for its segment's leader before it is answered `ERR`",
            ValueType.millis(100, 3_600_000));
    static final Setting<Duration> LEASE_MS = define(
            "--lease-ms",
            "WALRUS_LEASE_MS",
            "2000",
            "MS",
            "how long a node cut off from the metadata's leader goes on taking entries",
            ValueType.millis(200, 3_600_000));
    static final Setting<Duration> NODE_TIMEOUT_MS = define(
            "--node-timeout-ms",
            "WALRUS_NODE_TIMEOUT_MS",
            "1000",
            "MS",
            "how long a node counts as alive after it was last heard",
            ValueType.millis(200, 3_600_000));
    static final Setting<Duration> STALL_TIMEOUT_MS = define(
            "--stall-timeout-ms",
            "WALRUS_STALL_TIMEOUT_MS",
            "3000",
            "MS",
            "how long a write may hang before the node leaves what it leads to others",
            ValueType.millis(200, 3_600_000));
    static final Setting<Duration> REPLACE_AFTER_MS = define(
            "--replace-after-ms",
            "WALRUS_REPLACE_AFTER_MS",
            "300000",
            "MS",
            "how long a node may be silent before others take what it stores",
            ValueType.millis(1_000, 31_536_000_000L));
    static final Setting<Long> REPAIR_BYTES_PER_SECOND = define(
            "--repair-bytes-per-second",
            "WALRUS_REPAIR_BYTES_PER_SECOND",
            "67108864",
            "BYTES",
            "bytes of sealed segments copied to this node in a second; 0 sets no limit",
            ValueType.number(0, 1L << 40));
    static final Setting<Duration> SCRUB_DAYS = define(
            "--scrub-days",
            "WALRUS_SCRUB_DAYS",
            "14",
            "DAYS",
            "in how many days each stored byte is read and checked once; 0 for never",
            ValueType.days(0, 3_650));
    static final Setting<Long> TAIL_MEMORY_BYTES = define(
            "--tail-memory-bytes",
            "WALRUS_TAIL_MEMORY_BYTES",
            "134217728",
            "BYTES",
            "memory outside the heap for the newest entries",
            ValueType.number(16 << 20, 1L << 36));
    static final Setting<Long> MIN_FREE_BYTES = define(
            "--min-free-bytes",
            "WALRUS_MIN_FREE_BYTES",
            "268435456",
            "BYTES",
            "free disk space below which entries are refused",
            ValueType.number(0, 1L << 50));
    static final Setting<Integer> EVENT_LOOPS = define(
            "--event-loops",
            "WALRUS_EVENT_LOOPS",
            "2",
            "N",
            "threads that serve clients",
            ValueType.smallNumber(1, 256));
    static final Setting<Long> SNAPSHOT_EVERY = define(
            "--snapshot-every",
            "WALRUS_SNAPSHOT_EVERY",
            "10000",
            "N",
            "metadata commands between two snapshots",
            ValueType.number(1, 1_000_000_000));
    static final Setting<Boolean> BARE_JSON = define(
            "--bare-json",
            "WALRUS_BARE_JSON",
            "false",
            "",
            "leave out `OK` before the JSON of STATE, METRICS and CLUSTER",
            ValueType.onOff());
    static final Setting<String> IO = define(
            "--io",
            "WALRUS_IO",
            "file",
            "WAY",
            "the log's way to the disk: `file`, Java's file channels, or `io_uring` where the system has it",
            ValueType.oneOf(List.of("file", "io_uring")));
    static final Setting<Boolean> DISABLE_IO_URING = define(
            "--disable-io-uring",
            "WALRUS_DISABLE_IO_URING",
            "false",
            "",
            "never use io_uring, whatever `--io` says",
            ValueType.onOff());
    static final Setting<String> LOG = define(
            List.of("--log"),
            List.of("WALRUS_LOG", RustLog.VARIABLE),
            "info",
            "LEVEL",
            "how much is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`",
            ValueType.oneOf(RustLog.LEVELS));

    static final List<Setting<?>> ALL = List.copyOf(DEFINED);

    private Settings() {}

    private static <T> Setting<T> define(
            String flag, String variable, String defaultText, String placeholder, String help, ValueType<T> type) {
        return define(List.of(flag), List.of(variable), defaultText, placeholder, help, type);
    }

    private static <T> Setting<T> define(
            List<String> flags,
            List<String> variables,
            String defaultText,
            String placeholder,
            String help,
            ValueType<T> type) {
        Setting<T> setting = new Setting<>(flags, variables, defaultText, placeholder, help, type);
        DEFINED.add(setting);
        return setting;
    }
}

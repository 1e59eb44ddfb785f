package io.walrus.server.config;

import io.walrus.protocol.Frames;
import io.walrus.protocol.TopicNames;
import io.walrus.server.config.Setting.Check;
import java.util.List;

/// Every setting of a node. The order is that of `--help`.
final class Settings {
    static final Setting NODE_ID = Setting.of(
            "--node-id",
            "WALRUS_NODE_ID",
            "",
            "N",
            "This node's number in the cluster (required)",
            Setting.number(1, Integer.MAX_VALUE));
    static final Setting DATA_DIR = Setting.of(
            "--data-dir", "WALRUS_DATA_DIR", "./data", "DIR", "Where the node keeps its data", Setting.text());
    static final Setting RAFT_PORT =
            Setting.of("--raft-port", "WALRUS_RAFT_PORT", "6000", "PORT", "Port for the other nodes", port());
    static final Setting RAFT_HOST = Setting.of(
            "--raft-host",
            "WALRUS_RAFT_HOST",
            "127.0.0.1",
            "HOST",
            "Address to listen on for the other nodes",
            Setting.text());
    static final Setting RAFT_ADVERTISE_HOST = Setting.of(
            "--raft-advertise-host",
            "WALRUS_RAFT_ADVERTISE_HOST",
            "",
            "HOST",
            "Host name the other nodes reach this one by (default: --raft-host)",
            _ -> "");
    static final Setting CLIENT_PORT = new Setting(
            List.of("--client-port", "--port"),
            List.of("WALRUS_CLIENT_PORT", "WALRUS_PORT"),
            "8080",
            "PORT",
            "Port for clients",
            port());
    static final Setting CLIENT_HOST = Setting.of(
            "--client-host",
            "WALRUS_CLIENT_HOST",
            "127.0.0.1",
            "HOST",
            "Address to listen on for clients",
            Setting.text());
    static final Setting JOIN = Setting.of(
            "--join", "WALRUS_JOIN", "", "HOST:PORT", "Raft address of any node of the cluster to join", hostPort());
    static final Setting MAX_SEGMENT_ENTRIES = Setting.of(
            "--max-segment-entries",
            "WALRUS_MAX_SEGMENT_ENTRIES",
            "1000000",
            "N",
            "Entries after which a segment is sealed and the next one opened",
            Setting.number(1, Long.MAX_VALUE));
    static final Setting MONITOR_CHECK_MS = Setting.of(
            "--monitor-check-ms",
            "WALRUS_MONITOR_CHECK_MS",
            "10000",
            "MS",
            "How often segments past the limit are looked for",
            Setting.number(1, 86_400_000));
    static final Setting FSYNC = Setting.of(
            "--fsync",
            "WALRUS_FSYNC",
            "group",
            "POLICY",
            "When an entry is acknowledged: group (after it was forced to disk), interval:MS or os",
            fsync());
    static final Setting REPLICATION_FACTOR = Setting.of(
            "--replication-factor",
            "WALRUS_REPLICATION_FACTOR",
            "3",
            "N",
            "Copies of each segment, as far as there are nodes",
            Setting.number(1, 9));
    static final Setting BOOTSTRAP_TOPICS = Setting.of(
            "--bootstrap-topics",
            "WALRUS_BOOTSTRAP_TOPICS",
            "logs",
            "LIST",
            "Topics a fresh first node creates, with commas between; may be empty",
            topicList());
    static final Setting MAX_FRAME_BYTES = Setting.of(
            "--max-frame-bytes",
            "WALRUS_MAX_FRAME_BYTES",
            String.valueOf(Frames.DEFAULT_MAX_FRAME_BYTES),
            "BYTES",
            "Longest request taken",
            Setting.number(Frames.MIN_MAX_FRAME_BYTES, Frames.MAX_MAX_FRAME_BYTES));
    static final Setting MAX_UNDER_WAY = Setting.of(
            "--max-under-way",
            "WALRUS_MAX_UNDER_WAY",
            "4096",
            "N",
            "Requests of one connection answered at the same time; further ones wait unread",
            Setting.number(1, 1 << 20));
    static final Setting MAX_CONNECTIONS = Setting.of(
            "--max-connections",
            "WALRUS_MAX_CONNECTIONS",
            "10000",
            "N",
            "Client connections held at the same time",
            Setting.number(1, 1_000_000));
    static final Setting REQUEST_TIMEOUT_MS = Setting.of(
            "--request-timeout-ms",
            "WALRUS_REQUEST_TIMEOUT_MS",
            "10000",
            "MS",
            "How long a request may wait for its segment's leader before it is answered ERR",
            Setting.number(100, 3_600_000));
    static final Setting LEASE_MS = Setting.of(
            "--lease-ms",
            "WALRUS_LEASE_MS",
            "2000",
            "MS",
            "How long a node cut off from the metadata's leader goes on taking entries",
            Setting.number(200, 3_600_000));
    static final Setting NODE_TIMEOUT_MS = Setting.of(
            "--node-timeout-ms",
            "WALRUS_NODE_TIMEOUT_MS",
            "1000",
            "MS",
            "How long a node counts as alive after it was last heard",
            Setting.number(200, 3_600_000));
    static final Setting REPLACE_AFTER_MS = Setting.of(
            "--replace-after-ms",
            "WALRUS_REPLACE_AFTER_MS",
            "300000",
            "MS",
            "How long a node may be silent before others take what it stores",
            Setting.number(1_000, 31_536_000_000L));
    static final Setting REPAIR_BYTES_PER_SECOND = Setting.of(
            "--repair-bytes-per-second",
            "WALRUS_REPAIR_BYTES_PER_SECOND",
            "67108864",
            "BYTES",
            "How much of sealed segments is copied to this node in a second; 0 for as much as goes",
            Setting.number(0, 1L << 40));
    static final Setting TAIL_MEMORY_BYTES = Setting.of(
            "--tail-memory-bytes",
            "WALRUS_TAIL_MEMORY_BYTES",
            "134217728",
            "BYTES",
            "Memory outside the heap for the newest entries",
            Setting.number(16 << 20, 1L << 36));
    static final Setting MIN_FREE_BYTES = Setting.of(
            "--min-free-bytes",
            "WALRUS_MIN_FREE_BYTES",
            "268435456",
            "BYTES",
            "Free disk space below which entries are refused",
            Setting.number(0, 1L << 50));
    static final Setting EVENT_LOOPS = Setting.of(
            "--event-loops", "WALRUS_EVENT_LOOPS", "2", "N", "Threads that serve clients", Setting.number(1, 256));
    static final Setting SNAPSHOT_EVERY = Setting.of(
            "--snapshot-every",
            "WALRUS_SNAPSHOT_EVERY",
            "10000",
            "N",
            "Metadata commands between two snapshots",
            Setting.number(1, 1_000_000_000));
    static final Setting BARE_JSON = Setting.of(
            "--bare-json",
            "WALRUS_BARE_JSON",
            "false",
            "",
            "Leave out the OK before the JSON of STATE and METRICS",
            Setting.switchValue());
    static final Setting IO = Setting.of(
            "--io",
            "WALRUS_IO",
            "file",
            "WAY",
            "How the log reaches the disk: file (Java's file channels), or io_uring where the system has it",
            value -> List.of("file", "io_uring").contains(value) ? "" : "must be file or io_uring");
    static final Setting DISABLE_IO_URING = Setting.of(
            "--disable-io-uring",
            "WALRUS_DISABLE_IO_URING",
            "false",
            "",
            "Never use io_uring, whatever --io says",
            Setting.switchValue());
    static final Setting LOG = new Setting(
            List.of("--log"),
            List.of("WALRUS_LOG", "RUST_LOG"),
            "info",
            "LEVEL",
            "How much is logged: error, warn, info, debug or trace",
            logLevel());

    static final List<Setting> ALL = List.of(
            NODE_ID,
            DATA_DIR,
            RAFT_PORT,
            RAFT_HOST,
            RAFT_ADVERTISE_HOST,
            CLIENT_PORT,
            CLIENT_HOST,
            JOIN,
            MAX_SEGMENT_ENTRIES,
            MONITOR_CHECK_MS,
            FSYNC,
            REPLICATION_FACTOR,
            BOOTSTRAP_TOPICS,
            MAX_FRAME_BYTES,
            MAX_UNDER_WAY,
            MAX_CONNECTIONS,
            REQUEST_TIMEOUT_MS,
            LEASE_MS,
            NODE_TIMEOUT_MS,
            REPLACE_AFTER_MS,
            REPAIR_BYTES_PER_SECOND,
            TAIL_MEMORY_BYTES,
            MIN_FREE_BYTES,
            EVENT_LOOPS,
            SNAPSHOT_EVERY,
            BARE_JSON,
            IO,
            DISABLE_IO_URING,
            LOG);

    private Settings() {}

    private static Check port() {
        return Setting.number(1, 65_535);
    }

    private static Check hostPort() {
        return value -> {
            int colon = value.lastIndexOf(':');
            boolean valid =
                    colon > 0 && port().violation(value.substring(colon + 1)).isEmpty();
            return value.isEmpty() || valid ? "" : "must be HOST:PORT";
        };
    }

    private static Check topicList() {
        return value -> {
            for (String topic : value.split(",", -1)) {
                String violation = topic.isBlank() ? null : TopicNames.violation(topic.strip());
                if (violation != null) {
                    return "must be topics with commas between: " + violation;
                }
            }
            return "";
        };
    }

    private static Check fsync() {
        return value -> {
            boolean interval = value.startsWith("interval:")
                    && Setting.number(1, 60_000)
                            .violation(value.substring("interval:".length()))
                            .isEmpty();
            return value.equals("group") || value.equals("os") || interval
                    ? ""
                    : "must be group, os or interval:MS with MS between 1 and 60000";
        };
    }

    private static Check logLevel() {
        return value ->
                List.of("error", "warn", "info", "debug", "trace").contains(value.toLowerCase(java.util.Locale.ROOT))
                        ? ""
                        : "must be error, warn, info, debug or trace";
    }
}

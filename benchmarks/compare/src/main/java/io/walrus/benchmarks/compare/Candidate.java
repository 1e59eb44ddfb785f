package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.util.List;

/// A system with the durability it is compared under.
enum Candidate {
    WALRUS_FORCED("Walrus", "forced", "fsync `group`"),
    KAFKA_FORCED("Kafka", "forced", "`log.flush.interval.messages=1`"),
    REDIS_FORCED("Redis", "forced", "`appendfsync always`"),
    WALRUS_UNFORCED("Walrus", "not forced", "fsync `os`"),
    KAFKA_UNFORCED("Kafka", "not forced", "its default; less safe than forced"),
    JETSTREAM("JetStream", "not forced", "forces every two minutes, has no forced mode; less safe than forced"),
    REDIS_UNFORCED("Redis", "not forced", "`appendfsync everysec`; less safe than forced");

    private final String system;
    private final String durability;
    private final String note;

    Candidate(String system, String durability, String note) {
        this.system = system;
        this.durability = durability;
        this.note = note;
    }

    String system() {
        return system;
    }

    String title() {
        return system + ", " + durability;
    }

    String note() {
        return note;
    }

    boolean forced() {
        return durability.equals("forced");
    }

    boolean isWalrus() {
        return this == WALRUS_FORCED || this == WALRUS_UNFORCED;
    }

    /// Redis replicates without waiting for anyone, so it takes part with one node only.
    boolean takesPart(Setup setup) {
        return setup == Setup.ONE_NODE || (this != REDIS_FORCED && this != REDIS_UNFORCED);
    }

    /// Of those that Debian brings.
    boolean isInstalled() throws InterruptedException {
        return switch (this) {
            case JETSTREAM -> runs("nats-server");
            case REDIS_FORCED, REDIS_UNFORCED -> runs("redis-server");
            case WALRUS_FORCED, WALRUS_UNFORCED, KAFKA_FORCED, KAFKA_UNFORCED -> true;
        };
    }

    Peer peer(Place place) throws IOException {
        return switch (this) {
            case WALRUS_FORCED, WALRUS_UNFORCED -> new WalrusPeer(this, place);
            case KAFKA_FORCED, KAFKA_UNFORCED -> new KafkaPeer(this, place);
            case JETSTREAM -> new JetStreamPeer(this, place);
            case REDIS_FORCED, REDIS_UNFORCED -> new RedisPeer(this, place);
        };
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(program, "--version"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectErrorStream(true)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}

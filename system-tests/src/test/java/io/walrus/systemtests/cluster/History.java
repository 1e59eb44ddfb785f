package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.WireReply;
import java.util.BitSet;

/// What became of the entries that one writer put into one topic: each was acknowledged, refused, or has an outcome
/// that nobody knows.
///
/// Written by one thread; the count of the acknowledged ones can be read by any, the rest once that has ended.
final class History {
    private final String topic;
    private final String writer;
    private final BitSet acknowledged = new BitSet();
    private final BitSet refused = new BitSet();
    private int sent;
    private volatile int acknowledgedCount;

    History(String topic, String writer) {
        this.topic = topic;
        this.writer = writer;
    }

    String topic() {
        return topic;
    }

    String writer() {
        return writer;
    }

    /// The next entry's number. From now on it may be in the log.
    int send() {
        return sent++;
    }

    /// Entry `number` was answered. Without an answer its outcome is unknown.
    void answered(int number, WireReply reply) {
        if (reply.isOk()) {
            acknowledged(number);
        } else {
            assertThat(reply.isError()).as("%s to PUT", reply).isTrue();
            if (!reply.isOutcomeUnknown()) {
                refused(number);
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    void acknowledged(int number) {
        acknowledged.set(number);
        acknowledgedCount++;
    }

    void refused(int number) {
        refused.set(number);
    }

    int sent() {
        return sent;
    }

    int acknowledged() {
        return acknowledgedCount;
    }

    int refused() {
        return refused.cardinality();
    }

    int unknown() {
        return sent - acknowledged() - refused();
    }

    boolean wasAcknowledged(int number) {
        return acknowledged.get(number);
    }

    boolean wasRefused(int number) {
        return refused.get(number);
    }

    /// Those of the acknowledged entries that are not among the found.
    BitSet lost(BitSet found) {
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(found);
        return lost;
    }

    @Override
    public String toString() {
        return "%s: %d sent, %d acknowledged, %d refused, %d unknown"
                .formatted(writer, sent, acknowledged(), refused(), unknown());
    }
}

package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;

/// Puts entries into one topic over one connection, many under way, until the node is gone; keeps what became of each.
///
/// Used by one thread, and by another once that has ended.
final class Writer {
    private static final int UNDER_WAY = 64;

    private final String topic;
    private final String name;
    private final BitSet acknowledged = new BitSet();
    private final BitSet refused = new BitSet();
    private int sent;

    Writer(String topic, String name) {
        this.topic = topic;
        this.name = name;
    }

    String topic() {
        return topic;
    }

    /// Writes until the node is gone or has refused, or `limit` entries were sent.
    ///
    /// @param onAcknowledged told how many more were acknowledged
    void write(int port, int limit, IntConsumer onAcknowledged) {
        try (Wire wire = Wire.to(port)) {
            while (sent < limit && refused.isEmpty()) {
                int from = sent;
                int to = Math.min(limit, from + UNDER_WAY);
                sent = to;
                for (int number = from; number < to; number++) {
                    wire.send(Wire.put(topic, new Stamp(name, number).entry()));
                }
                wire.flush();
                for (int number = from; number < to; number++) {
                    settle(number, wire.reply(), onAcknowledged);
                }
            }
        } catch (IOException _) {
            // The node is gone: what was not answered may be there or not.
        }
    }

    private void settle(int number, WireReply reply, IntConsumer onAcknowledged) {
        if (reply.isOk()) {
            acknowledged.set(number);
            onAcknowledged.accept(1);
        } else {
            assertThat(reply.isError()).as("%s to PUT", reply).isTrue();
            if (!reply.isOutcomeUnknown()) {
                refused.set(number);
            }
        }
    }

    int acknowledged() {
        return acknowledged.cardinality();
    }

    /// Compares what it did with what the log holds of it.
    void assertKept(List<Stamp> log) {
        BitSet found = new BitSet();
        int last = -1;
        for (Stamp stamp : log) {
            if (stamp.writer().equals(name)) {
                assertThat(stamp.number())
                        .as("entries of %s in %s lie in the order they were sent, each once", name, topic)
                        .isGreaterThan(last)
                        .isLessThan(sent);
                last = stamp.number();
                found.set(last);
            }
        }
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(found);
        assertThat(lost.stream())
                .as("acknowledged entries of %s missing in %s", name, topic)
                .isEmpty();
        BitSet invented = (BitSet) refused.clone();
        invented.and(found);
        assertThat(invented.stream())
                .as("refused entries of %s found in %s", name, topic)
                .isEmpty();
        BitSet known = (BitSet) refused.clone();
        known.or(found);
        assertThat(known.nextClearBit(0))
                .as("no gap among the entries of %s, which came over one connection", name)
                .isGreaterThanOrEqualTo(found.length());
    }
}

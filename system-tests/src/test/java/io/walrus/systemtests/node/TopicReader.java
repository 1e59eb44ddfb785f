package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/// Reads a topic that nobody writes to, by FETCH, segment after segment: what can be read has to be exactly what the
/// counts say.
///
/// @param patience how long an answer may be *not now*, as while the node that holds a segment starts
public record TopicReader(Wire wire, String topic, Duration patience) {
    private static final int UNDER_WAY = 256;

    /// Takes an entry and where it lies.
    @FunctionalInterface
    public interface Each {
        void entry(long segment, long offset, byte[] payload);
    }

    /// Hands each entry over, in the log's order.
    public void readAll(Consumer<byte[]> each) throws IOException {
        readAll((_, _, payload) -> each.accept(payload));
    }

    /// The same, with its place.
    public void readAll(Each each) throws IOException {
        TopicState state = state();
        for (Map.Entry<Long, Long> segment : state.sealed().entrySet()) {
            long count = segment.getValue();
            read(segment.getKey(), count, each);
            assertThat(ask("FETCH " + topic + " " + segment.getKey() + " " + (count + 1))
                            .text())
                    .as("behind the end of a sealed segment")
                    .startsWith("ERR offset out of range: ");
        }
        read(state.currentSegment(), state.openEntries(), each);
    }

    /// STATE leaves the open segment's count out for as long as nobody reaches its leader, which may have been killed
    /// a moment ago.
    private TopicState state() throws IOException {
        TopicState state = TopicState.of(ask("STATE " + topic), topic);
        if (state.openEntries() != TopicState.NOT_TOLD || patience.isZero()) {
            return state;
        }
        return Awaitility.await("the count of the open segment of " + topic)
                .atMost(patience)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .until(
                        () -> TopicState.of(ask("STATE " + topic), topic),
                        later -> later.openEntries() != TopicState.NOT_TOLD);
    }

    /// Asks until the answer is another than *not now*.
    public WireReply ask(String request) throws IOException {
        WireReply reply = wire.ask(request);
        if (!reply.isNotNow() || patience.isZero()) {
            return reply;
        }
        return Awaitility.await(request)
                .atMost(patience)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .until(() -> wire.ask(request), later -> !later.isNotNow());
    }

    private void read(long segment, long count, Each each) throws IOException {
        String fetch = "FETCH " + topic + " " + segment + " ";
        for (long from = 0; from < count; from += UNDER_WAY) {
            long to = Math.min(count, from + UNDER_WAY);
            for (long offset = from; offset < to; offset++) {
                wire.send(fetch + offset);
            }
            wire.flush();
            WireReply[] replies = new WireReply[(int) (to - from)];
            for (int i = 0; i < replies.length; i++) {
                replies[i] = wire.reply();
            }
            for (int i = 0; i < replies.length; i++) {
                long offset = from + i;
                WireReply reply = replies[i].isNotNow() ? ask(fetch + offset) : replies[i];
                each.entry(segment, offset, reply.fetched(offset + 1));
            }
        }
        WireReply end = ask(fetch + count);
        assertThat(end.isEmpty())
                .as("%s at the end of segment %d of %s", end, segment, topic)
                .isTrue();
    }
}

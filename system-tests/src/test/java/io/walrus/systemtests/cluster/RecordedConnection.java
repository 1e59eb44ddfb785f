package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.cluster.ClusterHistory;
import io.walrus.testkit.cluster.SimRequest;
import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A connection to a node that writes down what is asked on it and what becomes of that. Closing it leaves the outcome
/// of all that was not answered unknown.
///
/// Used by one thread.
final class RecordedConnection implements AutoCloseable {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final ClusterHistory history;
    private final Wire wire;
    private final long number = NUMBERS.incrementAndGet();
    private final Deque<SimRequest> unanswered = new ArrayDeque<>();

    RecordedConnection(ClusterHistory history, InetSocketAddress node) throws IOException {
        this.history = history;
        this.wire = Wire.to(node);
    }

    RecordedConnection send(SimRequest request) throws IOException {
        request.sent(number, System.nanoTime());
        history.sent(request);
        unanswered.add(request);
        wire.send(request.frame());
        return this;
    }

    RecordedConnection flush() throws IOException {
        wire.flush();
        return this;
    }

    /// Waits for the reply to the oldest request without one.
    ///
    /// @return that request
    SimRequest reply() throws IOException {
        settle(unanswered.element(), wire.reply());
        return unanswered.remove();
    }

    SimRequest ask(SimRequest request) throws IOException {
        return send(request).flush().reply();
    }

    /// Asks for a topic's state.
    ///
    /// @return null if it was refused
    @Nullable
    TopicState state(SimRequest request) throws IOException {
        send(request).flush();
        WireReply reply = wire.reply();
        TopicState state = reply.isError() ? null : TopicState.of(reply, request.topic());
        if (state != null && state.openEntries() != TopicState.NOT_TOLD) {
            request.counted(state.entries());
        }
        settle(unanswered.remove(), reply);
        return state;
    }

    /// The connection itself, for what is no part of the history. Nothing recorded may be under way on it.
    Wire unrecorded() {
        assertThat(unanswered).isEmpty();
        return wire;
    }

    private void settle(SimRequest request, WireReply reply) {
        long nowNs = System.nanoTime();
        if (reply.isError()) {
            request.failed(reply.text());
            request.done(reply.isOutcomeUnknown() ? Outcome.UNKNOWN : Outcome.REFUSED, null, nowNs);
        } else if (reply.isEmpty()) {
            assertThat(request.kind()).as("what is answered EMPTY").isEqualTo(Kind.GET);
            request.done(Outcome.EMPTY, null, nowNs);
        } else if (request.kind() == Kind.GET) {
            request.done(Outcome.OK, ByteBuffer.wrap(reply.payload()), nowNs);
        } else {
            assertThat(reply.isOk()).as("%s to %s", reply, request).isTrue();
            request.done(Outcome.OK, null, nowNs);
        }
        history.answered(request);
    }

    @Override
    public void close() throws IOException {
        unanswered.forEach(request -> request.done(Outcome.UNKNOWN, null, System.nanoTime()));
        unanswered.clear();
        wire.close();
    }
}

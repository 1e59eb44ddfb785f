package io.walrus.testkit.cluster;

import io.walrus.node.topic.ReplySink;
import io.walrus.node.topic.Session;
import io.walrus.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's connection to one process, handled as the server handles one: all requests that have come in are run
/// under one hold of the lock, and replies are taken as far as they are known.
final class SimConnection implements ClientEnd {
    private static final long DELAY_US = 1_000;
    private static final int MAX_UNDER_WAY = 64;

    private final long number;
    private final ClusterWorld world;
    private final Timeline timeline;
    private final SimNode.Life life;
    private final Session session;
    private final Deque<SimRequest> arrived = new ArrayDeque<>();
    private final Deque<SimRequest> underWay = new ArrayDeque<>();
    private final List<SimRequest> all = new ArrayList<>();
    private long lastArrivalNs;
    private boolean open = true;
    private boolean woken;

    SimConnection(long number, ClusterWorld world, SimNode.Life life) {
        this.number = number;
        this.world = world;
        this.timeline = world.timeline();
        this.life = life;
        this.session = new Session(life.clientMemory(), MAX_UNDER_WAY, this::wake);
        life.connected(this);
    }

    boolean isOpen() {
        return open;
    }

    /// Requests without a reply.
    int unanswered() {
        return all.size();
    }

    void send(SimRequest request) {
        request.sent(number, timeline.nowNs());
        all.add(request);
        lastArrivalNs = Math.max(lastArrivalNs, timeline.nowNs() + timeline.delayNs(DELAY_US));
        timeline.at(
                lastArrivalNs,
                () -> life.run(() -> {
                    if (open) {
                        arrived.add(request);
                        process();
                    }
                }));
    }

    @Override
    public void lost() {
        if (open) {
            open = false;
            life.disconnected(this);
            all.forEach(request -> {
                request.done(SimRequest.Outcome.UNKNOWN, null, timeline.nowNs());
                timeline.note("no reply: " + request);
            });
            all.clear();
        }
    }

    @Override
    public void pausedUntilNow() {
        underWay.forEach(request -> request.takenNs = timeline.nowNs());
    }

    @Override
    public void process() {
        if (!open) {
            return;
        }
        deliver();
        while (take() && deliver() > 0) {
            // There is room again.
        }
        deliver();
        checkDue();
    }

    /// @return whether requests are left that had no room in the session
    private boolean take() {
        if (session.hasParked()) {
            life.node().run(() -> life.node().resume(session));
        }
        return !arrived.isEmpty() && life.node().call(this::takeArrived);
    }

    private boolean takeArrived() {
        while (!arrived.isEmpty()) {
            if (!session.hasRoom()) {
                return true;
            }
            SimRequest request = arrived.element();
            byte[] frame = request.frame();
            boolean taken = life.node().request(session, ByteBuffer.wrap(frame));
            // The server's buffers are used again at once.
            Arrays.fill(frame, (byte) '!');
            if (!taken) {
                return false;
            }
            arrived.remove();
            underWay.add(request);
            request.takenNs = timeline.nowNs();
        }
        return false;
    }

    private int deliver() {
        return session.deliver(new Sink(), life.node().logFailure());
    }

    private void wake() {
        if (!woken) {
            woken = true;
            timeline.after(timeline.delayNs(500), () -> {
                woken = false;
                life.run(this::process);
            });
        }
    }

    private void checkDue() {
        SimRequest oldest = underWay.peek();
        if (oldest != null && timeline.nowNs() - oldest.takenNs > world.replyBoundNs()) {
            throw new ClusterFailure(
                    BrokenPromise.NOT_SERVED, "no reply in time on node " + life.nodeId() + ": " + oldest);
        }
    }

    private final class Sink implements ReplySink {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void ok() {
            reply(SimRequest.Outcome.OK, null);
        }

        @Override
        public void ok(ByteBuffer payload) {
            reply(SimRequest.Outcome.OK, payload);
        }

        @Override
        public void okFetched(long nextOffset, ByteBuffer payload) {
            underWay.element().next = nextOffset;
            reply(SimRequest.Outcome.OK, payload);
        }

        @Override
        public void json(String body) {
            underWay.element().entries = body.isEmpty() ? SimRequest.NOT_TOLD : Long.parseLong(body);
            reply(SimRequest.Outcome.OK, null);
        }

        @Override
        public void empty() {
            reply(SimRequest.Outcome.EMPTY, null);
        }

        @Override
        public void error(String message) {
            underWay.element().error = message;
            reply(
                    ErrorCode.of(message) == ErrorCode.OUTCOME_UNKNOWN
                            ? SimRequest.Outcome.UNKNOWN
                            : SimRequest.Outcome.REFUSED,
                    null);
        }

        private void reply(SimRequest.Outcome outcome, @Nullable ByteBuffer payload) {
            SimRequest request = underWay.remove();
            boolean readsEntry = request.kind == SimRequest.Kind.GET || request.kind == SimRequest.Kind.FETCH;
            if (outcome == SimRequest.Outcome.OK && readsEntry != (payload != null)) {
                throw new ClusterFailure(BrokenPromise.WRONG_BYTES, "another request's reply came to " + request);
            }
            all.remove(request);
            request.done(outcome, payload, timeline.nowNs());
            timeline.note("node " + life.nodeId() + " answers " + request);
            world.history().answered(request);
        }
    }
}
